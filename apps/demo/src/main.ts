#!/usr/bin/env node
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FedOpsError } from '@fedops/shared-types';
import { createChildren } from './federation/children.js';
import { runDemo } from './federation/run-demo.js';
import { stopOnSignals } from './federation/stop-on-signals.js';
import type { DemoOptions } from './options/demo-options.js';
import { parseCommandLine } from './options/parse-options.js';
import { closingWords } from './report/closing-words.js';
import { assertReportPath, writeReport } from './report/report-file.js';
import { createLiveScreen } from './view/live-screen.js';
import { openingWords } from './view/opening-words.js';
import { createPlainScreen } from './view/plain-screen.js';

const DEFAULT_DATA_DIR = join(fileURLToPath(new URL('../../../', import.meta.url)), '.fedops', 'demo');

const line = parseCommandLine(process.argv.slice(2), {
  working: process.cwd(),
  data: DEFAULT_DATA_DIR,
});
if (line.kind === 'exit') {
  process.stdout.write(line.stdout);
  process.stderr.write(line.stderr);
  process.exitCode = line.code;
} else {
  process.exitCode = await demo(line.options);
}

/** Runs the demo; returns the exit code. */
async function demo(options: DemoOptions): Promise<number> {
  const now = () => Date.now();
  try {
    if (options.report !== undefined) await assertReportPath(options.report);
  } catch (error) {
    console.error(`error: ${FedOpsError.from(error).message}`);
    return 2;
  }
  const { stdout } = process;
  const screen = stdout.isTTY
    ? createLiveScreen(stdout, now)
    : createPlainScreen((text) => stdout.write(text), now);
  const stop = stopOnSignals();
  try {
    for (const words of openingWords(options)) screen.print(words);
    const children = await createChildren(join(options.dataDir, 'logs'));
    stop.onSecond(() => children.killAll());
    const { report, problems } = await runDemo(options, { children, screen, signal: stop.signal, now });
    screen.close();
    if (options.report !== undefined) await writeReport(options.report, report);
    for (const words of closingWords(report, options, DEFAULT_DATA_DIR)) console.log(words);
    for (const problem of problems) console.error(`error: ${problem}`);
    return problems.length === 0 ? 0 : 1;
  } catch (error) {
    screen.close();
    console.error(`error: ${FedOpsError.from(error).message}`);
    return stop.exitCode() ?? 1;
  } finally {
    stop.release();
  }
}
