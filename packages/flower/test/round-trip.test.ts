import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type ClientMessage,
  type DisconnectReason,
  decodeClientMessage,
  decodeNpy,
  decodeServerMessage,
  encodeClientMessage,
  encodeNpy,
  encodeServerMessage,
  NPY_DTYPES,
  type NpyTensor,
  type Scalar,
  type Scalars,
  type ServerMessage,
  type StatusCode,
} from '../src/index.js';
import { STORAGE } from '../src/npy/npy-dtype.js';

const bytes = (length: { minLength?: number; maxLength?: number } = { maxLength: 20 }) =>
  fc.uint8Array(length).map((array) => Uint8Array.from(array));

const tensors: fc.Arbitrary<NpyTensor> = fc
  .record({ dtype: fc.constantFrom(...NPY_DTYPES), shape: fc.array(fc.nat(4), { maxLength: 4 }) })
  .chain(({ dtype, shape }) => {
    const length = shape.reduce((product, dimension) => product * dimension, STORAGE[dtype].bytesPerElement);
    const elements = bytes({ minLength: length, maxLength: length });
    const valid = dtype === 'bool' ? elements.map((all) => all.map((byte) => byte & 1)) : elements;
    return valid.map((filled) => ({ dtype, shape, bytes: Uint8Array.from(filled) }));
  });

const text = fc.string({ unit: 'grapheme', maxLength: 20 });

const scalars: fc.Arbitrary<Scalars> = fc
  .array(
    fc.tuple(
      fc.oneof({ weight: 20, arbitrary: text }, { weight: 1, arbitrary: fc.constant('__proto__') }),
      fc.oneof(
        fc.double().map<Scalar>((value) => ({ kind: 'double', value })),
        fc
          .bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
          .map<Scalar>((value) => ({ kind: 'int', value })),
        fc.boolean().map<Scalar>((value) => ({ kind: 'bool', value })),
        text.map<Scalar>((value) => ({ kind: 'string', value })),
        bytes().map<Scalar>((value) => ({ kind: 'bytes', value })),
      ),
    ),
    { maxLength: 5 },
  )
  .map((entries) => new Map(entries));

const parameters = fc.array(bytes(), { maxLength: 4 }).map((list) => ({ tensors: list }));
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });

const serverMessages: fc.Arbitrary<ServerMessage> = fc.oneof(
  fc.record({ kind: fc.constant('reconnect' as const), seconds: int64 }),
  fc.record({ kind: fc.constantFrom('get-properties' as const, 'get-parameters' as const), config: scalars }),
  fc.record({ kind: fc.constantFrom('fit' as const, 'evaluate' as const), parameters, config: scalars }),
);

const status = fc.record({
  code: fc.constantFrom<StatusCode>(
    'ok',
    'get-properties-not-implemented',
    'get-parameters-not-implemented',
    'fit-not-implemented',
    'evaluate-not-implemented',
  ),
  message: text,
});

const reasons = fc.constantFrom<DisconnectReason>(
  'unknown',
  'reconnect',
  'power-disconnected',
  'wifi-unavailable',
  'acknowledged',
);

const clientMessages: fc.Arbitrary<ClientMessage> = fc.oneof(
  fc.record({ kind: fc.constant('disconnect' as const), reason: reasons }),
  fc.record({ kind: fc.constant('properties' as const), status, properties: scalars }),
  fc.record({ kind: fc.constant('parameters' as const), status, parameters }),
  fc.record({ kind: fc.constant('fit' as const), status, parameters, numExamples: int64, metrics: scalars }),
  fc.record({
    kind: fc.constant('evaluation' as const),
    status,
    loss: fc.float(),
    numExamples: int64,
    metrics: scalars,
  }),
);

test('a tensor comes back as it was, from either order', () => {
  fc.assert(
    fc.property(tensors, fc.constantFrom('c' as const, 'fortran' as const), (tensor, order) => {
      expect(decodeNpy(encodeNpy(tensor, order))).toEqual(tensor);
    }),
  );
});

const invalid = expect.objectContaining({ code: 'invalid-argument' });

/** The one name that cannot travel. */
function refuses(message: ServerMessage | ClientMessage): boolean {
  return Object.values(message).some((part) => part instanceof Map && part.has('__proto__'));
}

test('a message of a server comes back as it was, or is refused for the name __proto__', () => {
  fc.assert(
    fc.property(serverMessages, (message) => {
      if (refuses(message)) expect(() => encodeServerMessage(message)).toThrow(invalid);
      else expect(decodeServerMessage(encodeServerMessage(message))).toEqual(message);
    }),
  );
});

test('a message of a client comes back as it was, or is refused for the name __proto__', () => {
  fc.assert(
    fc.property(clientMessages, (message) => {
      if (refuses(message)) expect(() => encodeClientMessage(message)).toThrow(invalid);
      else expect(decodeClientMessage(encodeClientMessage(message))).toEqual(message);
    }),
  );
});
