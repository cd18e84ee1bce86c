import { describe, expect, it } from '@jest/globals';
import { createTileMemory } from './tile-buffers.js';

describe('createTileMemory', () => {
  const shape = { updates: 3, moments: 1, bytes: 64 };

  it('gives the next fold the memory of the last one', () => {
    const memory = createTileMemory();
    const first = memory.take(shape);
    memory.giveBack(first);
    expect(memory.take(shape)).toBe(first);
  });

  it('gives nobody memory that another fold still works in', () => {
    const memory = createTileMemory();
    const first = memory.take(shape);
    const second = memory.take(shape);
    expect(second.updates[0]!.buffer).not.toBe(first.updates[0]!.buffer);
  });

  it('has the memory of both folds of a model with tensors of two kinds', () => {
    const memory = createTileMemory();
    const other = { ...shape, bytes: 128 };
    const both = [memory.take(shape), memory.take(other)];
    for (const buffers of both) memory.giveBack(buffers);
    expect([memory.take(shape), memory.take(other)]).toEqual(both);
  });

  it.each([
    ['updates', { ...shape, updates: 2 }],
    ['moments', { ...shape, moments: 0 }],
    ['bytes', { ...shape, bytes: 128 }],
  ])('makes new memory for a fold of another number of %s', (_what, other) => {
    const memory = createTileMemory();
    const first = memory.take(shape);
    memory.giveBack(first);
    const second = memory.take(other);
    expect(second).not.toBe(first);
    expect(second.updates).toHaveLength(other.updates);
    expect(second.moments).toHaveLength(other.moments);
    expect(second.output).toHaveLength(other.bytes);
  });
});
