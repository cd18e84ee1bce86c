import { createHash } from 'node:crypto';
import type { ClientId } from '@fedops/shared-types';
import type { RunPlan } from './run-plan.js';

/** What a derived seed is for: another purpose gives another seed. */
export type SeedPurpose = 'select-for-fit' | 'select-for-evaluation' | 'fit' | 'evaluate';

/**
 * An unsigned 32-bit seed from (seed of the run, run, round, purpose, client):
 * the first four bytes of the SHA-256 of their JSON, big-endian.
 */
export function workSeed(plan: RunPlan, round: number, purpose: SeedPurpose, client?: ClientId): number {
  const facts = JSON.stringify([plan.seed, plan.runId, round, purpose, client ?? null]);
  return createHash('sha256').update(facts).digest().readUInt32BE(0);
}
