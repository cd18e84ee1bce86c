import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeNpz } from '@fedops/model-files';
import { createParameters, type Parameters } from '@fedops/parameters';
import type { Signature } from '@fedops/shared-types';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { encodeModel, MODEL_FORMATS, type ModelFormat } from '../model/model-format.js';
import { fitTask } from '../task/task-document.js';
import { readResultModel } from './result-model.js';

const SIGNATURE: Signature = [
  { name: 'w', shape: [2, 1], dtype: 'float32' },
  { name: 'steps', shape: [], dtype: 'int64' },
];

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'result-model-'));
});

afterEach(() => rm(directory, { recursive: true }));

async function readBack(format: ModelFormat, bytes: Uint8Array, maxBytes?: number): Promise<Parameters> {
  const input = { parameters: createParameters([], []), round: 1, seed: 0, config: {} };
  const task = fitTask(input, { directory, format });
  await writeFile(task.resultParameters, bytes);
  const { signal } = new AbortController();
  return readResultModel(task, { signature: SIGNATURE, maxBytes, signal });
}

const w = Float32Array.of(1, 2);
const steps = BigInt64Array.of(7n);

describe.each(MODEL_FORMATS)('parameters as %s', (format) => {
  test('come in the order of the signature, whatever theirs is', async () => {
    const written = createParameters([SIGNATURE[1]!, SIGNATURE[0]!], [steps, w]);

    const { signature, tensors } = await readBack(format, encodeModel(format, written));

    expect(signature).toEqual(SIGNATURE);
    expect(tensors.map((data) => [...data])).toEqual([[1, 2], [7n]]);
  });

  test.each<[string, Parameters, string]>([
    ['a tensor less', createParameters([SIGNATURE[0]!], [w]), 'steps'],
    [
      'another shape',
      createParameters([{ name: 'w', shape: [2], dtype: 'float32' }, SIGNATURE[1]!], [w, steps]),
      'w',
    ],
    [
      'another element type',
      createParameters(
        [{ name: 'w', shape: [2, 1], dtype: 'float64' }, SIGNATURE[1]!],
        [Float64Array.of(1, 2), steps],
      ),
      'w',
    ],
  ])('are refused with %s, by name', async (_, written, tensor) => {
    await expect(readBack(format, encodeModel(format, written))).rejects.toMatchObject({
      code: 'bad-response',
      message: expect.stringMatching(new RegExp(`^result\\.${format}: tensor ${tensor}:`)),
      cause: { code: 'shape-mismatch' },
    });
  });

  test('are refused where they are no such file', async () => {
    await expect(readBack(format, Uint8Array.of(1, 2, 3))).rejects.toMatchObject({ code: 'bad-response' });
  });

  test('are refused beyond the limit', async () => {
    const written = createParameters(SIGNATURE, [w, steps]);

    await expect(readBack(format, encodeModel(format, written), 8)).rejects.toMatchObject({
      code: 'bad-response',
    });
  });
});

test('an archive that would inflate beyond the limit is refused', async () => {
  const zeros = createParameters(
    [{ name: 'w', shape: [100_000], dtype: 'float32' }],
    [new Float32Array(100_000)],
  );
  const archive = writeNpz(zeros, { compression: 'deflated' });

  await expect(readBack('npz', archive, archive.length)).rejects.toMatchObject({
    code: 'bad-response',
    cause: { code: 'too-large' },
  });
});
