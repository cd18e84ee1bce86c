import { describe, expect, test } from '@jest/globals';
import { flaggedSignal } from './flagged-signal.js';

describe('a signal that reads shared memory', () => {
  test('is aborted as soon as the flag is set, before any event', () => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const { signal } = flaggedSignal(flag);
    expect([signal.aborted, signal.reason]).toEqual([false, undefined]);
    expect(() => signal.throwIfAborted()).not.toThrow();
    Atomics.store(flag, 0, 1);
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ code: 'aborted' });
    expect(() => signal.throwIfAborted()).toThrow(expect.objectContaining({ code: 'aborted' }));
  });

  test('calls its listeners once it is fired', () => {
    const flag = new Int32Array(new SharedArrayBuffer(4));
    const { signal, fire } = flaggedSignal(flag);
    const seen: boolean[] = [];
    signal.addEventListener('abort', () => seen.push(signal.aborted));
    Atomics.store(flag, 0, 1);
    fire();
    expect(seen).toEqual([true]);
  });
});
