import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  arrangeParameters,
  readNpy,
  readNpz,
  readSafetensors,
  writeNpy,
  writeNpz,
  writeSafetensors,
} from '@fedops/model-files';
import { createParameters, elementCount, type Parameters, viewTensorData } from '@fedops/parameters';
import { type Dtype, FedOpsError } from '@fedops/shared-types';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MODEL_FILES, pythonIn } from './python-environment.mjs';
import { NUMPY_VERSION, SAFETENSORS_VERSION } from './versions.mjs';

/** A tensor as `model_files.py` tells of it. */
interface Described {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** The elements, little-endian in C order, in hexadecimal. */
  readonly bytes: string;
}

/** Tensors by name, in order. */
type Model = readonly (readonly [string, Described])[];

const folder = mkdtempSync(join(tmpdir(), 'fedops-model-files-'));
let expected: Model;

function python(command: 'write' | 'read', place: string): string {
  const script = fileURLToPath(new URL('python/model_files.py', import.meta.url));
  const maxBuffer = 64 * 1024 * 1024;
  return execFileSync(pythonIn(MODEL_FILES), [script, command, place], { encoding: 'utf8', maxBuffer });
}

beforeAll(() => {
  python('write', folder);
  expected = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
});

afterAll(() => rmSync(folder, { recursive: true }));

const file = (...path: readonly string[]) => readFileSync(join(folder, ...path));

function described({ signature, tensors }: Parameters): Model {
  return signature.map(({ name, dtype, shape }, i) => {
    const { buffer, byteOffset, byteLength } = tensors[i]!;
    return [name, { dtype, shape, bytes: Buffer.from(buffer, byteOffset, byteLength).toString('hex') }];
  });
}

/** Our parameters with what Python has made. */
function parametersOf(model: Model): Parameters {
  const signature = model.map(([name, { dtype, shape }]) => ({ name, dtype, shape: [...shape] }));
  const tensors = signature.map((spec, i) => {
    const bytes = Uint8Array.from(Buffer.from(model[i]![1].bytes, 'hex'));
    return viewTensorData(spec.dtype, bytes, 0, elementCount(spec));
  });
  return createParameters(signature, tensors);
}

describe(`model files of numpy ${NUMPY_VERSION} and safetensors ${SAFETENSORS_VERSION}`, () => {
  test.each(['stored', 'deflated', 'fortran', 'big-endian'])('reads .npz bit for bit, %s', (name) => {
    expect(described(readNpz(file(`${name}.npz`)))).toEqual(expected);
  });

  test.each(['plain', 'metadata'])('reads safetensors bit for bit, %s', (name) => {
    const read = described(readSafetensors(file(`${name}.safetensors`)));
    expect(Object.fromEntries(read)).toEqual(Object.fromEntries(expected));
  });

  test.each(['c', 'fortran', 'big', 'big-fortran'])('reads .npy bit for bit, %s', (kind) => {
    expected.forEach(([name, tensor], i) => {
      expect(described(readNpy(file('arrays', `${i}-${kind}.npy`), name))).toEqual([[name, tensor]]);
    });
  });

  test('writes .npy byte for byte as numpy.save does', () => {
    expected.forEach(([name, tensor], i) => {
      const written = Buffer.from(writeNpy(parametersOf([[name, tensor]])));
      expect(written.equals(file('arrays', `${i}-c.npy`))).toBe(true);
    });
  });

  test('writes what Python reads bit for bit', () => {
    const ours = mkdtempSync(join(folder, 'ours-'));
    const parameters = parametersOf(expected);
    const [, tensor] = expected.find(([, { shape }]) => shape.length === 3)!;
    writeFileSync(join(ours, 'stored.npz'), writeNpz(parameters));
    writeFileSync(join(ours, 'deflated.npz'), writeNpz(parameters, { compression: 'deflated' }));
    writeFileSync(join(ours, 'plain.safetensors'), writeSafetensors(parameters));
    writeFileSync(
      join(ours, 'metadata.safetensors'),
      writeSafetensors(parameters, { metadata: { format: 'pt' } }),
    );
    writeFileSync(join(ours, 'one.npy'), writeNpy(parametersOf([['w', tensor]])));

    const read: Record<string, Model> = JSON.parse(python('read', ours));
    const byName = (model: Model | undefined) => Object.fromEntries(model ?? []);
    expect(read['one.npy']).toEqual([['arr_0', tensor]]);
    for (const kind of ['stored', 'deflated']) expect(read[`${kind}.npz`]).toEqual(expected);
    for (const kind of ['plain', 'metadata']) {
      expect(byName(read[`${kind}.safetensors`])).toEqual(byName(expected));
    }
  });

  test('tensors that safetensors has put into its own order come back into ours', () => {
    const { signature } = parametersOf(expected);
    const read = readSafetensors(file('plain.safetensors'));

    expect(read.signature.map(({ name }) => name)).not.toEqual(signature.map(({ name }) => name));
    expect(arrangeParameters(read, signature).signature).toEqual(signature);
    expect(described(arrangeParameters(read, signature))).toEqual(expected);
  });

  test.each([
    ['float16.npz', 'half', 'float16'],
    ['uint16.npz', 'counts', 'uint16'],
    ['objects.npz', 'things', '|O'],
    ['float16.safetensors', 'half', 'float16'],
    ['bfloat16.safetensors', 'brain', 'bfloat16'],
  ])('%s is refused, naming tensor and element type', (name, tensor, dtype) => {
    const read = name.endsWith('.npz') ? readNpz : readSafetensors;
    try {
      read(file('refused', name));
    } catch (error) {
      expect(FedOpsError.is(error) && error.code).toBe('unsupported');
      expect(String(error)).toMatch(new RegExp(`${tensor}:.*type ${dtype.replace('|', '\\|')} `));
      return;
    }
    throw new Error(`${name} was read`);
  });

  test('Python wrote what these tests say that they read', () => {
    const place = expected.findIndex(([name]) => name === 'float32/2x3');
    const header = (kind: string) =>
      file('arrays', `${place}-${kind}.npy`).subarray(0, 128).toString('latin1');

    expect(expected).toHaveLength(6 * 7 + 2);
    expect(header('c')).toMatch(/'<f4', 'fortran_order': False/);
    expect(header('fortran')).toMatch(/'<f4', 'fortran_order': True/);
    expect(header('big')).toMatch(/'>f4', 'fortran_order': False/);
    expect(header('big-fortran')).toMatch(/'>f4', 'fortran_order': True/);
    expect(readdirSync(join(folder, 'arrays'))).toHaveLength(4 * expected.length);
  });
});
