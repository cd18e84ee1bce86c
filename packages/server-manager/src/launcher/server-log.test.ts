import { appendFile, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { fakeClock } from '../../test/fake-clock.js';
import { EARLIER_LOG_FILE, LOG_FILE } from './server-files.js';
import { limitLog, logTail } from './server-log.js';

const MAX_BYTES = 100;
const LINE = `${'x'.repeat(59)}\n`;

let directory: string;
let log: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fedops-server-log-'));
  log = join(directory, LOG_FILE);
});
afterEach(() => rm(directory, { recursive: true }));

it('keeps a log that grows within twice its limit, the newest lines in it', async () => {
  const clock = fakeClock();
  limitLog(directory, clock, MAX_BYTES);
  await writeFile(log, '');
  for (let i = 0; i < 20; i++) {
    await appendFile(log, `${i} ${LINE}`);
    await clock.advance(1_000);
  }
  expect((await stat(log)).size).toBeLessThanOrEqual(MAX_BYTES);
  expect((await stat(join(directory, EARLIER_LOG_FILE))).size).toBeLessThanOrEqual(MAX_BYTES + LINE.length);
  expect(await logTail(directory, 1_000)).toContain('19 x');
});

it('leaves a log within its limit as it is', async () => {
  const clock = fakeClock();
  await writeFile(log, LINE);
  limitLog(directory, clock, MAX_BYTES);
  await clock.advance(10_000);
  expect(await readFile(log, 'utf8')).toBe(LINE);
});

it('cuts the log also where the earlier part cannot be kept, as on a full disk', async () => {
  const clock = fakeClock();
  await mkdir(join(directory, EARLIER_LOG_FILE));
  await writeFile(log, LINE + LINE);
  limitLog(directory, clock, MAX_BYTES);
  await clock.advance(1_000);
  expect((await stat(log)).size).toBe(0);
});

it('shows the earlier part before the newer one, the oldest lines left out first', async () => {
  await writeFile(join(directory, EARLIER_LOG_FILE), 'one\ntwo\n');
  await writeFile(log, 'three\n');
  expect(await logTail(directory, 1_000)).toBe('one\ntwo\nthree\n');
  expect(await logTail(directory, 11)).toBe('two\nthree\n');
  expect(await logTail(directory, 3)).toBe('');
});

it('shows nothing where there is no log', async () => {
  expect(await logTail(directory, 1_000)).toBe('');
});
