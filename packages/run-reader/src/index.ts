// biome-ignore-all assist/source/organizeImports: grouped for readers
export { createRunReader, type RunReader, type RunReaderSettings } from './run-reader.js';
export { viewAfter } from './picture/view-after.js';
export { why } from './why/why.js';
export { durationText, timeText } from './words/duration.js';

// For those who bring their own time or transport.
export { type Clock, type Timer, systemClock } from './clock.js';
export type { Fetch } from './http/fetch-answer.js';
