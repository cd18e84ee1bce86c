import { deviceRequirements } from './compliance/devices.js';
import { metricRequirements } from './compliance/metrics.js';
import { modelRequirements } from './compliance/models.js';
import { partRequirements } from './compliance/parts.js';
import type { StoreRequirement } from './compliance/requirement.js';
import { runRequirements } from './compliance/runs.js';
import { taskRequirements } from './compliance/tasks.js';

/** What a `Store` must do, for whichever test runner: each check gets an empty store of its own. */
export const storeRequirements: readonly StoreRequirement[] = [
  ...taskRequirements,
  ...deviceRequirements,
  ...runRequirements,
  ...partRequirements,
  ...modelRequirements,
  ...metricRequirements,
];
