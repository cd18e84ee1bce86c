import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { emptyTensors, fitRes, manyMetrics } from './message-flood.js';

const ENTRY = new URL('../dist/index.js', import.meta.url).href;

/** Decodes what comes on stdin ten times, and says how much memory each message keeps. */
const PROGRAM = `
  import { readFileSync } from 'node:fs';
  import { decodeClientMessage } from '${ENTRY}';
  const bytes = new Uint8Array(readFileSync(0));
  const used = () => {
    gc();
    gc();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  const times = 10;
  for (let i = 0; i < times; i++) decodeClientMessage(bytes);
  const before = used();
  const messages = Array.from({ length: times }, () => decodeClientMessage(bytes));
  const kept = (used() - before) / times;
  console.log(JSON.stringify({ kept, kind: messages.at(-1).kind, length: bytes.length }));
`;

function keptOf(input: Uint8Array): { kept: number; kind: string; length: number } {
  const args = ['--expose-gc', '--input-type=module', '--eval', PROGRAM];
  return JSON.parse(execFileSync(process.execPath, args, { input, encoding: 'utf8' }));
}

const none = new Uint8Array();
const LARGE = 1_000_000;

test.each([
  ['tensors', fitRes(LARGE, emptyTensors(32_000), none)],
  ['metrics', fitRes(LARGE, none, manyMetrics(8_000))],
  ['tensors in a short message', fitRes(0, emptyTensors(4_000), none)],
])('keeps at most four times a message and 1 MiB for as many %s as it may have', (_, input) => {
  const { kept, kind, length } = keptOf(input);

  expect(kind).toBe('fit');
  // Far less than objects of thousands of fields keep: it is measured indeed.
  expect(kept).toBeGreaterThan(50_000);
  expect(kept).toBeLessThan(4 * length + 2 ** 20);
});
