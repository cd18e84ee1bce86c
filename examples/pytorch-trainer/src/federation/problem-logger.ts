import type { FLServerParts } from '@fedops/server';

/** Tells people of problems, and of nothing else. */
export const problemLogger: NonNullable<FLServerParts['logger']> = {
  info: () => {},
  warn: (_facts, message) => console.error(message),
  error: (_facts, message) => console.error(message),
};
