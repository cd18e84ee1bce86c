#!/usr/bin/env node
import { nodeContext } from './node-context.js';
import { exitCodeOf } from './output/exit-codes.js';
import { LostOutput } from './output/lost-output.js';
import { reportError } from './output/report-error.js';
import { runProgram } from './run-program.js';

// A command goes on where nobody takes its words on the side.
process.stderr.on('error', () => {});

const args = process.argv.slice(2);
const context = nodeContext();
let exitCode = await runProgram(args, context);
// Kept connections would hold the process for seconds; what was written must be out first.
await written(process.stdout);
const { reason } = context.signal;
const problem = reason instanceof LostOutput ? reason.problem() : undefined;
if (problem !== undefined) {
  reportError(problem, args.includes('--json') ? 'json' : 'text', context.stderr);
  exitCode = exitCodeOf(problem.code);
}
await written(process.stderr);
process.exit(exitCode);

function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => stream.write('', () => resolve()));
}
