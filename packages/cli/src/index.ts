// biome-ignore-all assist/source/organizeImports: grouped for readers
export { runProgram } from './run-program.js';
export { nodeContext } from './node-context.js';
export type { CommandContext, TextOutput } from './context.js';

// For those who add commands, or want the command line's own words.
export { createProgram } from './program.js';
