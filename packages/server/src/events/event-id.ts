import { BEFORE_THE_FIRST_EVENT, type RunEventId, RunEventIdSchema } from '@fedops/shared-types';

/** Where an event stands in a run: `journalled` counts what a restart counts again, `passing` what came since. */
export interface EventPosition {
  readonly journalled: number;
  readonly passing: number;
}

/** Before all events. */
export const ORIGIN: EventPosition = { journalled: 0, passing: 0 };

/** The id of an event. `runBeganAt`, milliseconds since the epoch, tells runs of the same name apart. */
export function eventIdOf(runBeganAt: number, { journalled, passing }: EventPosition): RunEventId {
  return `${prefixOf(runBeganAt)}${journalled}.${passing}`;
}

/** The position that an id of this run names; undefined for an id of another run and for any other text. */
export function positionOf(runBeganAt: number, id: string): EventPosition | undefined {
  if (id === BEFORE_THE_FIRST_EVENT) return ORIGIN;
  const prefix = prefixOf(runBeganAt);
  if (!RunEventIdSchema.safeParse(id).success || !id.startsWith(prefix)) return undefined;
  const [journalled, passing] = id.slice(prefix.length).split('.').map(Number);
  return { journalled: journalled!, passing: passing! };
}

/** Below, at or above 0 as `a` comes before, is or comes after `b`. */
export function comparePositions(a: EventPosition, b: EventPosition): number {
  return a.journalled - b.journalled || a.passing - b.passing;
}

function prefixOf(runBeganAt: number): string {
  return `${Math.max(0, Math.floor(runBeganAt)).toString(36)}-`;
}
