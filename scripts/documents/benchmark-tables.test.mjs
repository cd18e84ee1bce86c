import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';

const TABLES = fileURLToPath(new URL('../../packages/server/bench/tables.mjs', import.meta.url));

test('the tables of docs/benchmarks.md show what was measured, as docs/benchmarks keeps it', () => {
  const { status, stderr } = spawnSync(process.execPath, [TABLES, '--check'], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
