import type { Clock } from '@fedops/server';
import { expect, test } from '@jest/globals';
import { createMessageMemory } from './message-memory.js';

const KIB = 1024;
const forever = new AbortController().signal;

/** A clock whose time passes when the test says so. */
function fakeClock(): Clock & { readonly passAll: () => void } {
  const due = new Set<() => void>();
  return {
    now: () => 0,
    after(_, callback) {
      due.add(callback);
      return { cancel: () => void due.delete(callback) };
    },
    passAll() {
      for (const callback of [...due]) {
        due.delete(callback);
        callback();
      }
    },
  };
}

test('gives the memory of one message to the next of about the same size', () => {
  const memory = createMessageMemory(1024 * KIB, fakeClock());
  const first = memory.takeNow(200 * KIB);
  const { buffer } = first!.bytes;
  first!.release();

  const second = memory.takeNow(199 * KIB);

  expect(second!.bytes.buffer).toBe(buffer);
  expect(second!.bytes).toHaveLength(199 * KIB);
});

test('never gives memory to two at a time, also where one is released twice', () => {
  const memory = createMessageMemory(1024 * KIB, fakeClock());
  const first = memory.takeNow(200 * KIB);
  first!.release();
  first!.release();

  const [second, third] = [memory.takeNow(200 * KIB), memory.takeNow(200 * KIB)];

  expect(second!.bytes.buffer).not.toBe(third!.bytes.buffer);
});

test('lets the next wait for room, in which the first is over', async () => {
  const memory = createMessageMemory(256 * KIB, fakeClock());
  const first = memory.takeNow(200 * KIB);
  expect(memory.takeNow(200 * KIB)).toBeUndefined();
  const next = memory.take(200 * KIB, forever);

  first!.release();

  expect((await next).bytes).toHaveLength(200 * KIB);
});

test('has room for one message that is larger than all there is', () => {
  const memory = createMessageMemory(64 * KIB, fakeClock());

  expect(memory.takeNow(500 * KIB)?.bytes).toHaveLength(500 * KIB);
  expect(memory.takeNow(1)).toBeUndefined();
});

test('keeps nothing that would go beyond the bound together with what is taken', () => {
  const memory = createMessageMemory(256 * KIB, fakeClock());
  const small = memory.takeNow(128 * KIB);
  const { buffer } = small!.bytes;
  small!.release();
  memory.takeNow(192 * KIB)!.release();

  expect(memory.takeNow(128 * KIB)!.bytes.buffer).not.toBe(buffer);
});

test.each([
  ['when no message has come for a while', (_: { close(): void }, passAll: () => void) => passAll()],
  ['when it is closed', (memory: { close(): void }) => memory.close()],
])('forgets what nobody uses %s', (_, end) => {
  const clock = fakeClock();
  const memory = createMessageMemory(1024 * KIB, clock);
  const first = memory.takeNow(200 * KIB);
  const { buffer } = first!.bytes;
  first!.release();

  end(memory, clock.passAll);

  expect(memory.takeNow(200 * KIB)!.bytes.buffer).not.toBe(buffer);
});
