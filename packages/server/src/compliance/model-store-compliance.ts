import type { ComplianceCheck } from './compliance-check.js';
import { parametersChecks } from './parameters-checks.js';
import { roundChecks } from './round-checks.js';
import { versionChecks } from './version-checks.js';

/**
 * What `ModelStore` promises, as checks for any implementation and any test runner.
 *
 * @example
 * for (const { name, check } of modelStoreCompliance) {
 *   test(name, async () => { const place = await newPlace(); await check(() => openMyStore(place)); });
 * }
 */
export const modelStoreCompliance: readonly ComplianceCheck[] = [
  ...parametersChecks,
  ...roundChecks,
  ...versionChecks,
];
