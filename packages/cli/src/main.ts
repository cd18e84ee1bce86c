#!/usr/bin/env node
import { nodeContext } from './node-context.js';
import { runProgram } from './run-program.js';

// Whoever reads the output may go away before its end, as `head` does.
process.stdout.on('error', () => process.exit(0));

const exitCode = await runProgram(process.argv.slice(2), nodeContext());
// Kept connections would hold the process for seconds; what was written must be out first.
for (const stream of [process.stdout, process.stderr]) {
  await new Promise<void>((resolve) => stream.write('', () => resolve()));
}
process.exit(exitCode);
