import { EventEmitter } from 'node:events';
import type { Clock } from '@fedops/server';
import { expect, test } from '@jest/globals';
import { IDLE_MS, limitIdling } from './idle-limit.js';

/** A session on a clock that moves when it is told to. */
function aSession() {
  const due = new Map<object, { readonly at: number; readonly callback: () => void }>();
  let now = 0;
  const clock: Clock = {
    now: () => now,
    after(ms, callback) {
      const timer = { cancel: () => void due.delete(timer) };
      due.set(timer, { at: now + ms, callback });
      return timer;
    },
  };
  let isDestroyed = false;
  const session = Object.assign(new EventEmitter(), {
    destroy() {
      isDestroyed = true;
    },
  });
  limitIdling(session, clock);
  return {
    session,
    isDestroyed: () => isDestroyed,
    timers: () => due.size,
    pass(ms: number) {
      now += ms;
      for (const [timer, { at, callback }] of due) {
        if (at > now) continue;
        due.delete(timer);
        callback();
      }
    },
    openStream() {
      const stream = new EventEmitter();
      session.emit('stream', stream);
      return { close: () => stream.emit('close') };
    },
  };
}

test('ends a connection that never opens a stream, and not before its time', () => {
  const { pass, isDestroyed } = aSession();

  pass(IDLE_MS - 1);
  expect(isDestroyed()).toBe(false);
  pass(1);
  expect(isDestroyed()).toBe(true);
});

test('leaves a connection alone while one of its streams is open, and ends it a while after the last', () => {
  const { pass, isDestroyed, openStream } = aSession();
  const [first, second] = [openStream(), openStream()];

  first.close();
  pass(10 * IDLE_MS);
  expect(isDestroyed()).toBe(false);

  second.close();
  pass(IDLE_MS - 1);
  expect(isDestroyed()).toBe(false);
  pass(1);
  expect(isDestroyed()).toBe(true);
});

test('leaves no timer behind a connection that has closed, nor its streams after it', () => {
  const { session, timers, openStream } = aSession();
  const stream = openStream();

  session.emit('close');
  stream.close();

  expect(timers()).toBe(0);
});
