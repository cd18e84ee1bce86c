import { PassThrough } from 'node:stream';
import { systemClock } from '@fedops/server';
import { FedOpsError } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import type { ReceivedMessage } from '../client/flower-stream.js';
import { prefixOf } from './frame.js';
import { createMessageMemory } from './message-memory.js';
import { readMessages } from './message-reader.js';

const LIMIT = 100_000;

function aReader(memory = createMessageMemory(LIMIT, systemClock)) {
  const source = new PassThrough();
  const over = new AbortController();
  const seen: ReceivedMessage[] = [];
  const errors: string[] = [];
  let begun = 0;
  readMessages(
    {
      source,
      memory,
      over: over.signal,
      begin: () => void begun++,
      finish: (message) => void seen.push(message),
      fail: ({ code }) => void errors.push(code),
    },
    LIMIT,
  );
  return { source, over, seen, errors, begun: () => begun, memory };
}

const framed = (text: string) => Buffer.concat([prefixOf(text.length), Buffer.from(text)]);
const turn = () => new Promise((resolve) => setImmediate(resolve));
const textsOf = (seen: readonly ReceivedMessage[]) => seen.map(({ bytes }) => Buffer.from(bytes).toString());

test.each([1, 3, 7, 1_000])('puts messages together from pieces of %d bytes', async (size) => {
  const { source, seen } = aReader();
  const all = Buffer.concat([framed('first'), framed(''), framed('the third')]);
  for (let at = 0; at < all.length; at += size) source.write(all.subarray(at, at + size));
  await turn();

  expect(textsOf(seen)).toEqual(['first', '', 'the third']);
});

test('says that a message begins before it takes memory for it', async () => {
  const { source, begun, seen } = aReader();
  source.write(prefixOf(50_000));
  await turn();

  expect(begun()).toBe(1);
  expect(seen).toEqual([]);
});

test('reads no further while there is no room, and goes on where it stopped', async () => {
  const { source, seen, memory } = aReader(createMessageMemory(10, systemClock));
  const other = memory.takeNow(10);
  source.write(Buffer.concat([framed('waits'), framed('longer')]));
  await turn();
  expect(seen).toEqual([]);
  expect(source.isPaused()).toBe(true);

  other!.release();
  await turn();
  expect(textsOf(seen)).toEqual(['waits']);

  seen[0]!.release();
  await turn();
  expect(textsOf(seen)).toEqual(['waits', 'longer']);
});

test('gives the memory of half a message back when the stream is over', async () => {
  const { source, over, memory } = aReader(createMessageMemory(10, systemClock));
  source.write(prefixOf(10));
  await turn();
  expect(memory.takeNow(10)).toBeUndefined();

  over.abort(new FedOpsError('unavailable', 'gone'));

  expect(memory.takeNow(10)).toBeDefined();
});

test('fails once for a message beyond the limit, and takes no memory for it', async () => {
  const { source, errors, begun } = aReader();
  source.write(Buffer.concat([prefixOf(LIMIT + 1), framed('more')]));
  await turn();

  expect(errors).toEqual(['too-large']);
  expect(begun()).toBe(0);
});
