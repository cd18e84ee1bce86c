import { describe, expect, it } from '@jest/globals';
import { createPieceBuffers } from './piece-buffers.js';

const never = () => {
  throw new Error('nobody waits');
};

describe('piece buffers', () => {
  it('are made as they are needed, so many at the most', () => {
    const buffers = createPieceBuffers(2, 10);
    const first = buffers.tryTake(never);
    expect(first).toHaveLength(10);
    expect(buffers.tryTake(never)).toBeDefined();
    expect(buffers.tryTake(never)).toBeUndefined();
    buffers.giveBack(first!);
    expect(buffers.tryTake(never)).toBe(first);
  });

  it('are asked back from who fills one when others wait, though they came while all were busy', async () => {
    const buffers = createPieceBuffers(1, 10);
    const buffer = buffers.tryTake(never)!;
    buffers.busy(buffer);
    const asked: string[] = [];
    const taking = ['second', 'third', 'fourth'].map((name) => buffers.take(() => asked.push(name)));
    expect(asked).toEqual([]);
    for (const [i, taken] of taking.entries()) {
      buffers.giveBack(buffer);
      expect(await taken).toBe(buffer);
      // The last has nobody behind it and may fill in peace.
      expect(asked).toEqual(['second', 'third'].slice(0, i + 1));
    }
  });
});
