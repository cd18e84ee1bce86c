import type { Parameters } from '@fedops/parameters';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readNpy, readNpz, readSafetensors, writeNpy, writeNpz, writeSafetensors } from '../src/index.js';
import { anyParameters, contentsOf, misaligned } from './any-parameters.js';

type Format = readonly [string, (parameters: Parameters) => Uint8Array, (file: Uint8Array) => Parameters];

const FORMATS: readonly Format[] = [
  ['safetensors', (parameters) => writeSafetensors(parameters), readSafetensors],
  ['NPZ', (parameters) => writeNpz(parameters), readNpz],
  ['deflated NPZ', (parameters) => writeNpz(parameters, { compression: 'deflated' }), readNpz],
];

test.each(FORMATS)('parameters come back from %s as they were, in their order', (_, write, read) => {
  fc.assert(
    fc.property(anyParameters, (parameters) => {
      expect(contentsOf(read(write(parameters)))).toEqual(contentsOf(parameters));
    }),
    { numRuns: 300 },
  );
});

test.each(FORMATS)('%s is read wherever it lies in memory', (_, write, read) => {
  fc.assert(
    fc.property(anyParameters, (parameters) => {
      expect(contentsOf(read(misaligned(write(parameters))))).toEqual(contentsOf(parameters));
    }),
    { numRuns: 50 },
  );
});

test.each(FORMATS)('equal parameters give equal %s', (_, write) => {
  fc.assert(
    fc.property(anyParameters, (parameters) => {
      const copy = {
        signature: parameters.signature,
        tensors: parameters.tensors.map((data) => data.slice()),
      };
      expect(write(copy)).toEqual(write(parameters));
    }),
    { numRuns: 50 },
  );
});

test('a tensor comes back from NPY under the name that the reader gives it', () => {
  fc.assert(
    fc.property(anyParameters, ({ signature, tensors }) => {
      const one = { signature: signature.slice(0, 1), tensors: tensors.slice(0, 1) };
      const { name } = signature[0]!;
      expect(contentsOf(readNpy(misaligned(writeNpy(one)), name))).toEqual(contentsOf(one));
    }),
  );
});
