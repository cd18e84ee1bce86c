#!/usr/bin/env node
import { nodeContext } from './node-context.js';
import { runProgram } from './run-program.js';

// Whoever reads the output may go away before its end, as `head` does.
process.stdout.on('error', () => process.exit(0));

process.exitCode = await runProgram(process.argv.slice(2), nodeContext());
