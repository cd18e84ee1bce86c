import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { FedOpsError } from './error.js';
import { parseWith } from './invalid-input.js';

const Point = z.object({ x: z.number(), at: z.object({ y: z.array(z.int()) }) });

function thrownBy(action: () => unknown): FedOpsError {
  try {
    action();
  } catch (error) {
    if (FedOpsError.is(error)) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('parseWith', () => {
  it('returns the value as the schema reads it, without unknown fields', () => {
    expect(parseWith(Point, { x: 1, at: { y: [2] }, extra: true }, 'point')).toEqual({
      x: 1,
      at: { y: [2] },
    });
  });

  it('names each field that is wrong, with its path', () => {
    const error = thrownBy(() => parseWith(Point, { x: '1', at: { y: [1, 2.5] } }, 'body of POST /start'));

    expect(error.code).toBe('invalid-argument');
    expect(error.details.fields).toEqual([
      { field: 'x', problem: expect.any(String) },
      { field: 'at.y.1', problem: expect.any(String) },
    ]);
    expect(error.message).toContain('body of POST /start');
    expect(error.message).toContain('at.y.1');
  });

  it('says `(whole)` where the value itself is wrong', () => {
    expect(thrownBy(() => parseWith(Point, null, 'point')).details.fields).toEqual([
      { field: '(whole)', problem: expect.any(String) },
    ]);
  });

  it('takes the code for what a service answered', () => {
    expect(thrownBy(() => parseWith(Point, {}, 'answer', 'bad-response')).code).toBe('bad-response');
  });

  it('names twenty fields of a hundred thousand, and says how many there are', () => {
    const many = Array.from({ length: 100_000 }, () => 'x');
    const error = thrownBy(() => parseWith(z.array(z.int()), many, 'list'));

    expect(error.details.fields).toHaveLength(20);
    expect(error.message).toContain('99980 more');
  });
});
