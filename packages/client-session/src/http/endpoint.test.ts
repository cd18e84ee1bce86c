import type { ClientId, RunId } from '@fedops/shared-types';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { PATH, parseEndpoint } from './endpoint.js';

describe('paths', () => {
  test('hold any id in one segment', () => {
    const id = fc.string({ minLength: 1, maxLength: 40, unit: 'grapheme' });
    fc.assert(
      fc.property(id, id, (runId, clientId) => {
        const path = PATH.result({ runId: runId as RunId, round: 3 }, 'updates', clientId as ClientId);
        const segments = path.split('/');
        expect(segments).toHaveLength(8);
        expect([segments[3], segments[7]].map((segment) => decodeURIComponent(segment!))).toEqual([
          runId,
          clientId,
        ]);
        expect(path).not.toMatch(/[?#\s]/);
      }),
    );
  });
});

describe('the address of a server', () => {
  test.each([
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/'],
    ['https://host/prefix//', 'https://host/prefix'],
    ['http://[::1]:8080/', 'http://[::1]:8080/'],
  ])('%s is read', (baseUrl, href) => {
    expect(parseEndpoint(baseUrl).url.href).toBe(href);
  });
});
