import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Comparison } from '../src/federation/comparison.js';
import { statedResults, statedSummary } from './readme-results.js';

const run = promisify(execFile);
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** Of an AUC. Arithmetic is the same everywhere but for `Math.exp`, whose last bit may differ between machines. */
const TOLERANCE = 0.01;

describe('the example as the README states it', () => {
  let directory: string;
  let result: Comparison;
  let readme: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'custom-client-example-'));
    const file = join(directory, 'result.json');
    await run(process.execPath, [main, '--json', file]);
    result = JSON.parse(await readFile(file, 'utf8'));
    readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  }, 300_000);
  afterAll(() => rm(directory, { recursive: true, force: true }));

  it('gives the means that the README states, the global one above the local one', () => {
    const { summary } = result;
    const mean = statedSummary(readme, 'mean over the airports');
    const pooled = statedSummary(readme, 'all held-out rows in one ranking');
    expect(Math.abs(summary.meanLocalAuc - mean!.local)).toBeLessThan(TOLERANCE);
    expect(Math.abs(summary.meanGlobalAuc - mean!.global)).toBeLessThan(TOLERANCE);
    expect(Math.abs(summary.pooledLocalAuc - pooled!.local)).toBeLessThan(TOLERANCE);
    expect(Math.abs(summary.pooledGlobalAuc - pooled!.global)).toBeLessThan(TOLERANCE);
    expect(summary.meanGlobalAuc).toBeGreaterThan(summary.meanLocalAuc);
  });

  it('gives the airports that the README lists, each with its two numbers', () => {
    const stated = statedResults(readme);
    expect([...stated.keys()]).toEqual(result.scores.map(({ airport }) => airport));
    for (const { airport, localAuc, globalAuc } of result.scores) {
      expect(Math.abs(localAuc - stated.get(airport)!.local)).toBeLessThan(TOLERANCE);
      expect(Math.abs(globalAuc - stated.get(airport)!.global)).toBeLessThan(TOLERANCE);
    }
  });

  it('refuses an unknown option with its code, and ends with status 1', async () => {
    const refused = run(process.execPath, [main, '--epochs', '3']);
    await expect(refused).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^invalid-argument: .*--epochs/),
    });
  });
});
