import type { ClientId, Instruction, RunId } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { fakeClock, settle } from '../../test/fake-clock.js';
import { createInstructionWaiters } from './instruction-waiters.js';

const [a, b] = ['a', 'b'] as ClientId[] as [ClientId, ClientId];
const fail: Instruction = { kind: 'fail', runId: 'v1' as RunId, code: 'aborted', message: 'stopped' };
const never = new AbortController().signal;

function someWaiters() {
  const clock = fakeClock();
  const due = new Map<ClientId, Instruction>();
  return { clock, due, waiters: createInstructionWaiters(clock, (client) => due.get(client)) };
}

describe('who waits for an instruction', () => {
  it('is answered at once where there is one, or where it does not wait', async () => {
    const { clock, due, waiters } = someWaiters();
    due.set(a, fail);
    expect(await waiters.wait(a, 1_000, never)).toBe(fail);
    expect(await waiters.wait(b, 0, never)).toBeUndefined();
    expect(clock.pending()).toBe(0);
  });

  it('is woken when there is one, and sleeps on when it is for somebody else', async () => {
    const { clock, due, waiters } = someWaiters();
    const answers: string[] = [];
    const first = waiters.wait(a, 1_000, never).then(() => answers.push('a'));
    const second = waiters.wait(b, 1_000, never).then(() => answers.push('b'));
    due.set(b, fail);
    waiters.wake();
    await settle();
    expect(answers).toEqual(['b']);
    due.set(a, fail);
    waiters.wake();
    await Promise.all([first, second]);
    expect([answers, clock.pending()]).toEqual([['b', 'a'], 0]);
  });

  it('goes empty-handed after its time, when it is gone, and when all are sent away', async () => {
    const { clock, waiters } = someWaiters();
    const late = waiters.wait(a, 1_000, never);
    await clock.advance(1_000);
    expect(await late).toBeUndefined();
    const gone = new AbortController();
    const aborted = waiters.wait(a, 1_000, gone.signal);
    gone.abort();
    expect(await aborted).toBeUndefined();
    expect(await waiters.wait(a, 1_000, gone.signal)).toBeUndefined();
    const sentAway = waiters.wait(a, 1_000, never);
    waiters.close();
    expect([await sentAway, clock.pending()]).toEqual([undefined, 0]);
  });

  it('waits a few times at once and no more, so that no client fills the memory with polls', async () => {
    const { due, waiters } = someWaiters();
    const gone = new AbortController();
    const waits = [gone.signal, never, never, never].map((signal) => waiters.wait(a, 1_000, signal));
    await expect(waiters.wait(a, 1_000, never)).rejects.toMatchObject({ code: 'overloaded' });
    const other = waiters.wait(b, 1_000, never);
    gone.abort();
    expect(await waits[0]).toBeUndefined();
    const next = waiters.wait(a, 1_000, never);
    due.set(a, fail);
    waiters.wake();
    expect(await Promise.all([...waits.slice(1), next])).toEqual([fail, fail, fail, fail]);
    waiters.close();
    expect(await other).toBeUndefined();
  });
});
