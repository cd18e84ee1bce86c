import type { ClientId } from '@fedops/shared-types';
import type { DemoOptions } from '../options/demo-options.js';

/** What the demo breaks on purpose. */
export interface Mishap {
  /** Counted from 1: the run in which it happens. */
  readonly run: number;
  /** Killed while it trains in that run's first round. */
  readonly victim: ClientId;
}

/** Runs of one call of the demo. */
export const RUNS = 2;

/**
 * In the last run the last of the clients is killed. None is where too few would be left to make the round, or where
 * there is no later round for another device to join.
 */
export function mishapOf(
  { rounds }: Pick<DemoOptions, 'rounds'>,
  clients: readonly ClientId[],
): Mishap | undefined {
  const victim = clients.at(-1);
  return victim === undefined || clients.length < 2 || rounds < 2 ? undefined : { run: RUNS, victim };
}
