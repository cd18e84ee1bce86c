import { expect, test } from '@jest/globals';
import { type Method, redirectTarget } from './redirect.js';

const from = new URL('http://manager:8004/fedops/info/');

test.each<[Method, number, string, string]>([
  ['GET', 307, '/fedops/info', 'http://manager:8004/fedops/info'],
  ['GET', 301, 'http://manager:8004/info', 'http://manager:8004/info'],
  ['GET', 308, '../info?x=1', 'http://manager:8004/fedops/info?x=1'],
  ['PUT', 307, '/info', 'http://manager:8004/info'],
  ['PUT', 308, '/info', 'http://manager:8004/info'],
])('%s after %i follows %s', (method, status, location, target) => {
  expect(String(redirectTarget(from, method, { status, location }))).toBe(target);
});

test.each<[string, Method, number, string | undefined]>([
  ['another host', 'GET', 307, 'http://elsewhere:8004/info'],
  ['another port', 'GET', 307, 'http://manager:8005/info'],
  ['another scheme', 'GET', 307, 'https://manager:8004/info'],
  ['a host without a scheme', 'GET', 307, '//elsewhere/info'],
  ['credentials', 'GET', 307, 'http://u:p@manager:8004/info'],
  ['no place at all', 'GET', 307, undefined],
  ['what is no URL', 'GET', 307, 'http://['],
  ['a GET in place of a PUT', 'PUT', 302, '/info'],
  ['a GET in place of a PUT', 'PUT', 303, '/info'],
])('a redirect to %s is refused (%s, %i)', (_what, method, status, location) => {
  expect(redirectTarget(from, method, { status, location })).toBe('refused');
});

test.each([200, 204, 304, 400, 500])('%i is no redirect', (status) => {
  expect(redirectTarget(from, 'GET', { status, location: '/info' })).toBeUndefined();
});
