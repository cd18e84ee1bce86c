export type { ComplianceCheck } from './compliance/compliance-check.js';
export { modelStoreCompliance } from './compliance/model-store-compliance.js';
