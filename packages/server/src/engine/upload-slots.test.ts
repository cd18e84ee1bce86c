import type { ClientId } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { codeThrownBy, errorThrownBy } from '../../test/error-code.js';
import { fakeClock } from '../../test/fake-clock.js';
import { createUploadSlots } from './upload-slots.js';

const [a, b, c] = ['a', 'b', 'c'] as ClientId[] as [ClientId, ClientId, ClientId];

describe('upload slots', () => {
  it('are so many, and say when to come again', () => {
    const slots = createUploadSlots(fakeClock(), 2);
    const give = slots.take(a);
    slots.take(b);
    const error = errorThrownBy(() => slots.take(c));
    expect([error.code, error.details]).toEqual(['overloaded', { retryAfterMs: 1_000 }]);
    give();
    slots.take(c);
  });

  it('given back twice are given back once', () => {
    const slots = createUploadSlots(fakeClock(), 1);
    const give = slots.take(a);
    give();
    give();
    slots.take(b);
    expect(codeThrownBy(() => slots.take(c))).toBe('overloaded');
  });

  it('go to who has waited longest, while it comes back in time', async () => {
    const clock = fakeClock();
    const slots = createUploadSlots(clock, 1);
    const give = slots.take(a);
    expect(codeThrownBy(() => slots.take(b))).toBe('overloaded');
    give();
    expect(codeThrownBy(() => slots.take(c))).toBe('overloaded');
    slots.take(b)();
    await clock.advance(2_501);
    slots.take(a);
  });

  it('do not stay empty for who does not come back', async () => {
    const clock = fakeClock();
    const slots = createUploadSlots(clock, 1);
    const give = slots.take(a);
    expect(codeThrownBy(() => slots.take(b))).toBe('overloaded');
    give();
    await clock.advance(2_501);
    slots.take(c);
  });

  it('are a quarter for one client at the most, so that it cannot take them all', () => {
    const slots = createUploadSlots(fakeClock(), 16);
    const give = slots.take(a);
    for (let i = 0; i < 3; i++) slots.take(a);
    const error = errorThrownBy(() => slots.take(a));
    expect([error.code, error.details]).toEqual(['overloaded', { retryAfterMs: 1_000 }]);
    slots.take(b);
    give();
    slots.take(a);
  });

  it('are two for one client where there are few: its connection may have broken unnoticed', () => {
    const slots = createUploadSlots(fakeClock(), 3);
    slots.take(a);
    slots.take(a);
    expect(codeThrownBy(() => slots.take(a))).toBe('overloaded');
    slots.take(b);
  });
});
