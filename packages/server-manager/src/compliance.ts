export { type StoreRequirement, storeRequirements } from './store/compliance.js';
