// The fold alone, from memory to memory, beside a C loop over the same bytes: docs/benchmarks.md, "The fold".
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { fedAvg, foldTiles } from '@fedops/strategies';
import { digits, median, times } from './figures.mjs';
import { machine } from './machine.mjs';
import { cellNamed, nameOf } from './round/grid.mjs';

const { values: options } = parseArgs({
  options: {
    cells: { type: 'string', default: '10x1M,50x1M,10x5M,50x5M' },
    repeats: { type: 'string', default: '9' },
    json: { type: 'string' },
  },
});
const repeats = Number(options.repeats);

const directory = mkdtempSync(join(tmpdir(), 'fedops-bench-fold-'));
try {
  const program = compile(directory);
  const results = [];
  for (const cell of options.cells.split(',').map(cellNamed)) {
    const { clients, parameters } = cell;
    const c = JSON.parse(
      execFileSync(program, [clients, parameters, repeats].map(String), { encoding: 'utf8' }),
    );
    const foldMs = await measureFold(cell);
    const result = {
      cell: nameOf(cell),
      ...cell,
      foldMs,
      float32Ms: c.float32Ms,
      float64Ms: c.float64Ms,
      toFloat32: foldMs / c.float32Ms,
      toFloat64: foldMs / c.float64Ms,
    };
    results.push(result);
    console.log(lineOf(result));
  }
  if (options.json !== undefined) {
    writeFileSync(options.json, `${JSON.stringify({ machine: machine(), results }, null, 2)}\n`);
  }
} finally {
  rmSync(directory, { recursive: true, force: true });
}

function compile(into) {
  const program = join(into, 'axpy');
  const source = fileURLToPath(new URL('c/axpy.c', import.meta.url));
  execFileSync('gcc', ['-O3', '-march=native', '-o', program, source], { stdio: 'inherit' });
  return program;
}

/** Median CPU milliseconds, after two folds that do not count. */
async function measureFold({ clients, parameters }) {
  const signature = [{ name: 'w', shape: [parameters], dtype: 'float32' }];
  const updates = Array.from({ length: clients }, (_, k) => arrayOf(parameters, k));
  const facts = updates.map((_, k) => ({ clientId: `client-${k}`, numExamples: 1, metrics: {}, l2Norm: 0 }));
  const current = sourceOf(arrayOf(parameters, 0));
  const sources = updates.map(sourceOf);
  const written = new Uint8Array(4 * parameters);
  const took = [];
  for (let i = -2; i < repeats; i++) {
    let at = 0;
    const output = {
      append: async (bytes) => {
        written.set(bytes, at);
        at += bytes.length;
      },
    };
    const aggregation = fedAvg().plan({ round: 1, signature, updates: facts, scalars: {} });
    const before = process.cpuUsage();
    await foldTiles({ aggregation, updates: sources, current, output, moments: [] }, { signature });
    const { user, system } = process.cpuUsage(before);
    if (i >= 0) took.push((user + system) / 1_000);
  }
  assertMean(updates, new Float32Array(written.buffer));
  return median(took);
}

function arrayOf(length, k) {
  return Float32Array.from({ length }, (_, i) => ((i + k) % 1_000) / 1_000);
}

function sourceOf(array) {
  const bytes = new Uint8Array(array.buffer);
  return {
    read: async (offset, into) => into.set(bytes.subarray(offset, offset + into.length)),
  };
}

function assertMean(updates, mean) {
  for (const i of [0, 12_345, mean.length - 1]) {
    const expected = Math.fround(updates.reduce((sum, update) => sum + update[i], 0) / updates.length);
    if (mean[i] !== expected) throw new Error(`element ${i}: expected ${expected}, got ${mean[i]}`);
  }
}

function lineOf({ cell, foldMs, float32Ms, float64Ms, toFloat32, toFloat64 }) {
  return (
    `${cell.padEnd(8)} fold ${digits(foldMs, 3)} ms; C ${digits(float32Ms, 3)} ms with float32 sums ` +
    `(${times(toFloat32)}), ${digits(float64Ms, 3)} ms with float64 sums (${times(toFloat64)})`
  );
}
