import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { expect, test } from '@jest/globals';
import { ScalarSchema } from '../src/generated/flower_pb.js';
import {
  type ClientMessage,
  decodeClientMessage,
  decodeNpy,
  decodeServerMessage,
  encodeClientMessage,
  encodeNpy,
  encodeServerMessage,
  JOIN_PATH,
  type ServerMessage,
} from '../src/index.js';
import { scalarOfWire, wireScalarOf } from '../src/scalar.js';
import { bytesOf, hexOf, readMessage, readScalar, vectors } from './vectors.js';

test('reads the tensors of NumPy, in either order of elements and of bytes', () => {
  for (const { file, dtype, shape, elements } of vectors.npy) {
    const tensor = decodeNpy(bytesOf(file));
    expect({ ...tensor, bytes: hexOf(tensor.bytes) }).toEqual({ dtype, shape, bytes: elements });
  }
});

test('writes tensors byte for byte as NumPy does', () => {
  for (const { file, dtype, shape, order, byteOrder, elements } of vectors.npy) {
    if (byteOrder === 'big') continue;
    expect(hexOf(encodeNpy({ dtype, shape, bytes: bytesOf(elements) }, order))).toBe(file);
  }
});

test('reads and writes scalars as Flower does', () => {
  for (const vector of vectors.scalars) {
    const scalar = readScalar(vector);
    expect(scalarOfWire('x', fromBinary(ScalarSchema, bytesOf(vector.wire)))).toEqual(scalar);
    expect(hexOf(toBinary(ScalarSchema, wireScalarOf('x', scalar)))).toBe(vector.wire);
  }
});

test('reads and writes the messages of a server as Flower does', () => {
  for (const vector of vectors.serverMessages) {
    const message = readMessage<ServerMessage>(vector);
    expect(decodeServerMessage(bytesOf(vector.wire))).toEqual(message);
    expect(hexOf(encodeServerMessage(message))).toBe(vector.wire);
  }
});

test('reads and writes the messages of a client as Flower does', () => {
  for (const vector of vectors.clientMessages) {
    const message = readMessage<ClientMessage>(vector);
    expect(decodeClientMessage(bytesOf(vector.wire))).toEqual(message);
    // Of what is not implemented Flower sends the status alone, where we send empty parameters too.
    if ('status' in message && message.status.code !== 'ok') continue;
    expect(hexOf(encodeClientMessage(message))).toBe(vector.wire);
  }
});

test('has vectors of every kind', () => {
  const kindsOf = (messages: typeof vectors.serverMessages) =>
    new Set(messages.map(({ message }) => message.kind));
  expect(vectors.npy.length).toBeGreaterThan(100);
  expect(new Set(vectors.scalars.map(({ kind }) => kind)).size).toBe(5);
  expect(kindsOf(vectors.serverMessages).size).toBe(5);
  expect(kindsOf(vectors.clientMessages).size).toBe(5);
});

test('writes the empty messages that end a run, which an encoder must not drop', () => {
  expect(hexOf(encodeServerMessage({ kind: 'reconnect', seconds: 0n }))).toBe('0a00');
  expect(hexOf(encodeServerMessage({ kind: 'get-parameters', config: new Map() }))).toBe('1a00');
});

test('names the path of the stream', () => {
  expect(JOIN_PATH).toBe('/flwr.proto.FlowerService/Join');
});
