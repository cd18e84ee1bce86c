import type { ClientId } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { fakeClock, settle } from '../../test/fake-clock.js';
import { createFarewell } from './farewell.js';

const [a, b] = ['a', 'b'] as ClientId[] as [ClientId, ClientId];

function aFarewell(...names: ClientId[]) {
  const clock = fakeClock();
  let connected = names;
  const farewell = createFarewell(clock, () => connected);
  const done: boolean[] = [];
  const complete = () => farewell.complete(5_000).then(() => done.push(true));
  return { clock, farewell, done, complete, leave: (...left: ClientId[]) => (connected = left) };
}

describe('a farewell', () => {
  it('is complete at once where nobody is connected', async () => {
    const { complete, done, clock } = aFarewell();
    await complete();
    expect([done.length, clock.pending()]).toEqual([1, 0]);
  });

  it('is complete when everybody was told, whether before or after it began', async () => {
    const { farewell, done, complete } = aFarewell(a, b);
    farewell.told(a);
    const completing = complete();
    await settle();
    expect(done).toEqual([]);
    farewell.told(b);
    await completing;
    expect(done).toEqual([true]);
  });

  it('does not wait for who is gone', async () => {
    const { farewell, complete, leave } = aFarewell(a, b);
    const completing = complete();
    farewell.told(a);
    leave(a);
    farewell.check();
    await completing;
  });

  it('ends after its time, told or not', async () => {
    const { clock, complete, done } = aFarewell(a);
    const completing = complete();
    await clock.advance(4_999);
    expect(done).toEqual([]);
    await clock.advance(1);
    await completing;
    expect(clock.pending()).toBe(0);
  });
});
