/** The last time that a date can hold; a deadline may lie behind it where somebody sets a wait without end. */
const LATEST_MS = 8.64e15;

/** Milliseconds since the epoch as ISO 8601 in UTC. */
export function isoTime(ms: number): string {
  return new Date(Math.min(ms, LATEST_MS)).toISOString();
}
