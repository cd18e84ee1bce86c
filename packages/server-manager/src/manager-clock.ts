import { type Clock, systemClock } from '@fedops/server';
import type { ElapsedTime } from './devices/steady-time.js';

/** The time of day, and how time passes where somebody sets the clock. */
export interface ManagerClock extends Clock, ElapsedTime {}

/** The machine's own. */
export const managerClock: ManagerClock = {
  ...systemClock,
  now: () => Date.now(),
  elapsed: () => performance.now(),
};
