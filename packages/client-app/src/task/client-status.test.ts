import { ClientStatusSchema, RunIdSchema } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { clientStatusOf, hostAndPortOf } from './client-status.js';
import { sessionViewOf } from './session-view.js';
import type { TaskState } from './task-state.js';

const facts = {
  taskId: 'mnist',
  clientMac: null,
  clientName: 'seven',
  serverAddress: '10.0.0.5:8080',
  nextVersion: 4,
};
const since = Date.UTC(2026, 0, 1);
const runId = RunIdSchema.parse('v4');
const atWork = { since, runId, round: 2, deadline: since + 60_000 };
const lastError = { code: 'unavailable', message: 'refused' } as const;

const STATES: readonly [TaskState, { start: boolean; fail: boolean; waits: boolean }][] = [
  [
    { phase: 'idle', since, reason: 'not-started' },
    { start: false, fail: false, waits: false },
  ],
  [
    { phase: 'locating', since, reason: 'looking-for-server', deadline: since + 1 },
    { start: true, fail: false, waits: true },
  ],
  [
    {
      phase: 'connecting',
      since,
      reason: 'reconnecting',
      attempt: 3,
      nextAttemptAt: null,
      deadline: since + 1,
      lastError,
    },
    { start: true, fail: false, waits: true },
  ],
  [
    { phase: 'waiting', since, reason: 'no-instruction-yet', runId, deadline: since + 1 },
    { start: true, fail: false, waits: true },
  ],
  [
    { phase: 'fitting', ...atWork, progress: 0.4 },
    { start: true, fail: false, waits: true },
  ],
  [
    { phase: 'evaluating', ...atWork, progress: 0 },
    { start: true, fail: false, waits: true },
  ],
  [
    { phase: 'uploading', ...atWork, result: 'update', attempt: 2, lastError },
    { start: true, fail: false, waits: true },
  ],
  [
    { phase: 'stopping', since, reason: 'asked to', deadline: since + 1 },
    { start: true, fail: false, waits: true },
  ],
  [
    { phase: 'finished', since, runId, version: 4, digest: '0'.repeat(64) },
    { start: false, fail: false, waits: false },
  ],
  [
    { phase: 'failed', since, ...lastError },
    { start: false, fail: true, waits: false },
  ],
];

describe('clientStatusOf', () => {
  it.each(STATES)('derives the booleans of the wire from %j', (state, { start, fail }) => {
    const status = clientStatusOf(state, facts);
    expect(status).toMatchObject({ FL_client_online: true, FL_client_start: start, FL_client_fail: fail });
    expect(ClientStatusSchema.parse(status)).toEqual(status);
  });

  it('keeps the facts in every state', () => {
    for (const [state] of STATES) {
      expect(clientStatusOf(state, facts)).toMatchObject({
        FL_task_id: 'mnist',
        FL_client_mac: null,
        FL_client_name: 'seven',
        FL_server_IP: '10.0.0.5:8080',
        FL_next_gl_model: 4,
      });
    }
  });
});

describe('sessionViewOf', () => {
  it.each(STATES)('gives %j a reason, a since, and a deadline where it waits', (state, { waits }) => {
    const view = sessionViewOf(state);
    expect(view.phase).toBe(state.phase);
    expect(view.reason).not.toBe('');
    expect(view.since).toBe('2026-01-01T00:00:00.000Z');
    expect(view.deadline === null).toBe(!waits);
  });

  it('names round, progress, attempt and error where there are any', () => {
    const views = STATES.map(([state]) => sessionViewOf(state));
    expect(views.find(({ phase }) => phase === 'fitting')).toMatchObject({ round: 2, progress: 0.4 });
    expect(views.find(({ phase }) => phase === 'uploading')).toMatchObject({
      reason: 'delivering-update',
      attempt: 2,
      error: lastError,
    });
    expect(views.find(({ phase }) => phase === 'failed')).toMatchObject({
      reason: 'unavailable',
      error: lastError,
    });
  });
});

describe('hostAndPortOf', () => {
  it.each([
    ['http://10.0.0.5:40026', '10.0.0.5:40026'],
    ['http://fl.example/prefix', 'fl.example:80'],
    ['https://fl.example', 'fl.example:443'],
    ['http://[2001:db8::1]:8080', '[2001:db8::1]:8080'],
  ])('writes %s as %s', (url, text) => {
    expect(hostAndPortOf(url)).toBe(text);
  });
});
