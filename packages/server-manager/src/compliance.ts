export type { StoreRequirement } from './store/compliance/requirement.js';
export { storeRequirements } from './store/compliance.js';
