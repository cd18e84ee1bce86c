import { silentLogger } from '@fedops/http-service';
import { FedOpsError } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { fakeClock, settled } from '../../test/fake-clock.js';
import { createReportQueue, pauseAfter, type Report } from './report-queue.js';

const unavailable = () => new FedOpsError('unavailable', 'no connection');

function queueWith(settings = {}) {
  const clock = fakeClock();
  const queue = createReportQueue(
    { clock, random: () => 0.5, logger: silentLogger },
    { capacity: 3, retryForMs: 60_000, ...settings },
  );
  const sent: string[] = [];
  /** A report that fails so many times before it goes through. */
  const report = (name: string, failures = 0, mayRepeat = true): Report => ({
    name,
    mayRepeat: () => mayRepeat,
    send: async () => {
      sent.push(name);
      if (failures-- > 0) throw unavailable();
    },
  });
  return { clock, queue, sent, report };
}

describe('a report queue', () => {
  it('delivers in order', async () => {
    const { queue, sent, report } = queueWith();
    queue.add(report('a'));
    queue.add(report('b'));
    await settled();
    expect(sent).toEqual(['a', 'b']);
  });

  it('delivers what is added after it ran empty', async () => {
    const { queue, sent, report } = queueWith();
    queue.add(report('a'));
    await settled();
    queue.add(report('b'));
    await settled();
    expect(sent).toEqual(['a', 'b']);
  });

  it('tries again after a pause, before what comes later', async () => {
    const { clock, queue, sent, report } = queueWith();
    queue.add(report('a', 2));
    queue.add(report('b'));
    await clock.pass(0);
    expect(sent).toEqual(['a']);
    await clock.pass(1_500);
    expect(sent).toEqual(['a', 'a', 'a', 'b']);
  });

  it('does not repeat what must not be repeated', async () => {
    const { clock, queue, sent, report } = queueWith();
    queue.add(report('a', 5, false));
    await clock.pass(120_000);
    expect(sent).toEqual(['a']);
  });

  it('drops a report after its time and goes on with the next', async () => {
    const { clock, queue, sent, report } = queueWith({ retryForMs: 1_200 });
    queue.add(report('a', Number.POSITIVE_INFINITY));
    queue.add(report('b'));
    await clock.pass(10_000);
    expect(sent).toEqual(['a', 'a', 'b']);
  });

  it('holds a bounded number of reports; the oldest that waits gives way', async () => {
    const { clock, queue, sent, report } = queueWith();
    queue.add(report('under way', 1));
    for (const name of ['a', 'b', 'c', 'd', 'e']) queue.add(report(name));
    await clock.pass(10_000);
    expect(sent).toEqual(['under way', 'under way', 'c', 'd', 'e']);
  });

  it('forgets what is discarded, also what is being repeated', async () => {
    const { clock, queue, sent, report } = queueWith();
    queue.add(report('a', 5));
    queue.add(report('b'));
    await clock.pass(0);
    queue.discard();
    queue.add(report('c'));
    await clock.pass(60_000);
    expect(sent).toEqual(['a', 'c']);
  });

  it('tries everything once more when it closes, without pauses', async () => {
    const { clock, queue, sent, report } = queueWith();
    queue.add(report('a', 5));
    queue.add(report('b'));
    await clock.pass(0);
    const closing = queue.close(1_000);
    await settled();
    await closing;
    expect(sent).toEqual(['a', 'a', 'b']);
    queue.add(report('late'));
    await settled();
    expect(sent).not.toContain('late');
  });

  it('does not wait for a service that does not answer when it closes', async () => {
    const { clock, queue } = queueWith();
    let signal: AbortSignal | undefined;
    queue.add({
      name: 'stuck',
      mayRepeat: () => true,
      send: (given) => {
        signal = given;
        return new Promise(() => {});
      },
    });
    const closing = queue.close(1_000);
    await clock.pass(1_000);
    await closing;
    await queue.close(1_000);
    expect(signal?.aborted).toBe(true);
  });

  it('leaves no timer behind once closed', async () => {
    const { clock, queue, report } = queueWith();
    queue.add(report('a'));
    await queue.close(1_000);
    expect(clock.sleepers()).toBe(0);
  });
});

describe('pauseAfter', () => {
  it('doubles up to a minute, and the jitter reaches down to nothing', () => {
    expect([1, 2, 3, 20].map((attempt) => pauseAfter(attempt, () => 1))).toEqual([
      1_000, 2_000, 4_000, 60_000,
    ]);
    expect(pauseAfter(5, () => 0)).toBe(0);
  });
});
