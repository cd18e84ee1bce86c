import { expect, test } from '@jest/globals';
import { NO_CALLS, withCalls } from './call-counts.js';
import { callOf } from './call-of.js';

test.each([
  ['served', 'GET', '/online', 'online'],
  ['served', 'POST', '/start', 'start'],
  ['made', 'GET', '/FLSe/getPort/mnist', 'getPort'],
  ['made', 'GET', '/trainFin', 'trainFin'],
  ['made', 'GET', '/flclient_out', 'clientOut'],
  ['made', 'POST', '/v1/tasks/mnist/devices', 'register'],
  ['made', 'POST', '/v1/tasks/mnist/devices/client-1/heartbeat', 'heartbeat'],
  ['served', 'GET', '/online?now', 'online'],
] as const)('%s %s %s is a call of %s', (side, method, path, call) => {
  expect(callOf({ side, method, path, status: 200 })).toBe(call);
});

test.each([
  ['made', 'GET', '/online', 200],
  ['served', 'GET', '/trainFin', 200],
  ['served', 'GET', '/start', 200],
  ['served', 'POST', '/start', 409],
  ['made', 'POST', '/v1/tasks/mnist/devices/client-1', 200],
] as const)('%s %s %s answered with %i is none', (side, method, path, status) => {
  expect(callOf({ side, method, path, status })).toBeUndefined();
});

test('counts of the same call add up', () => {
  const some = { ...NO_CALLS, start: 1, online: 5 };

  expect(withCalls(some, { ...NO_CALLS, online: 2, trainFin: 1 })).toEqual({
    ...NO_CALLS,
    start: 1,
    online: 7,
    trainFin: 1,
  });
});
