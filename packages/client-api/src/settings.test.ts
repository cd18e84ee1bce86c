import { describe, expect, it } from '@jest/globals';
import { ClientManagerAPI } from './client-manager-api.js';
import { ClientServerAPI } from './client-server-api.js';
import { ServerAPI } from './server-api.js';
import { resolveSettings } from './settings.js';

const invalid = expect.objectContaining({ code: 'invalid-argument' });

describe('the base URL', () => {
  it('comes from the constructor before the environment', () => {
    const env = { FEDOPS_CLIENT_MANAGER_URL: 'http://two:8004' };

    expect(new ClientManagerAPI({ baseUrl: 'http://one:8004' }, { env }).baseUrl).toBe('http://one:8004');
  });

  it('comes from the variable of each service otherwise', () => {
    const env = {
      FEDOPS_CLIENT_MANAGER_URL: ' http://device:8004/ ',
      FEDOPS_SERVER_MANAGER_URL: 'https://host/fedops/services/manager/',
      FEDOPS_CLIENT_PERFORMANCE_URL: 'http://host:40015',
    };

    expect(new ClientManagerAPI({}, { env }).baseUrl).toBe('http://device:8004');
    expect(new ClientServerAPI('t', {}, { env })).toMatchObject({
      baseUrl: 'https://host/fedops/services/manager',
      performanceUrl: 'http://host:40015',
    });
    expect(new ServerAPI('t', {}, { env: { SERVER_MANAGER_URL: 'http://pod:8000' } })).toMatchObject({
      baseUrl: 'http://pod:8000',
      performanceUrl: null,
    });
  });

  it('is read once', () => {
    const env: Record<string, string> = { FEDOPS_CLIENT_MANAGER_URL: 'http://one' };
    const api = new ClientManagerAPI({}, { env });
    env.FEDOPS_CLIENT_MANAGER_URL = 'http://two';

    expect(api.baseUrl).toBe('http://one');
  });

  it('is missed by name where nobody gives it', () => {
    expect(() => new ClientManagerAPI({}, { env: {} })).toThrow(invalid);
    expect(() => new ClientManagerAPI({}, { env: {} })).toThrow(/FEDOPS_CLIENT_MANAGER_URL/);
    expect(() => new ClientServerAPI('t', {}, { env: { FEDOPS_SERVER_MANAGER_URL: ' ' } })).toThrow(
      /FEDOPS_SERVER_MANAGER_URL/,
    );
    expect(() => new ServerAPI('t', {}, { env: {} })).toThrow(invalid);
  });

  it.each(['localhost:8004', 'ftp://h', 'http://u:p@h', 'http://h/?a=1', 'http://h#a', ''])(
    'is not %p',
    (baseUrl) => {
      expect(() => new ClientManagerAPI({ baseUrl }, { env: {} })).toThrow(invalid);
      expect(() => new ClientServerAPI('t', { baseUrl }, { env: {} })).toThrow(invalid);
      expect(
        () => new ClientServerAPI('t', { baseUrl: 'http://h', performanceUrl: baseUrl }, { env: {} }),
      ).toThrow(invalid);
    },
  );

  it('names the variable that holds no URL', () => {
    const env = { FEDOPS_CLIENT_MANAGER_URL: 'localhost:8004' };

    expect(() => new ClientManagerAPI({}, { env })).toThrow(/FEDOPS_CLIENT_MANAGER_URL/);
  });
});

describe('settings', () => {
  it('have defaults: 10 s for an attempt, 30 s for a call, 1 MiB for an answer', () => {
    expect(resolveSettings({}, {})).toEqual({
      attemptTimeoutMs: 10_000,
      totalTimeoutMs: 30_000,
      maxAnswerBytes: 1_048_576,
      repeats: true,
      token: undefined,
    });
  });

  it('take the attempt’s time from the environment, as Python does', () => {
    expect(resolveSettings({}, { FEDOPS_REQUEST_TIMEOUT_SECONDS: '2.5' })).toMatchObject({
      attemptTimeoutMs: 2_500,
      totalTimeoutMs: 7_500,
    });
    expect(resolveSettings({ attemptTimeoutMs: 1 }, { FEDOPS_REQUEST_TIMEOUT_SECONDS: '2.5' })).toMatchObject(
      {
        attemptTimeoutMs: 1,
      },
    );
  });

  it.each(['0', '-1', 'ten', 'Infinity', '3000000'])('refuse a time of %p seconds', (seconds) => {
    expect(() => resolveSettings({}, { FEDOPS_REQUEST_TIMEOUT_SECONDS: seconds })).toThrow(invalid);
  });

  it.each([
    { attemptTimeoutMs: 0 },
    { totalTimeoutMs: -1 },
    { maxAnswerBytes: Number.NaN },
    { token: '' },
    { token: 'a b' },
    { token: 'a\r\nX-Evil: 1' },
  ])('refuse %p', (settings) => {
    expect(() => resolveSettings(settings, {})).toThrow(invalid);
  });

  it('do not print a token that they refuse', () => {
    expect(() => resolveSettings({ token: 'secret value' }, {})).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret') }),
    );
  });
});

describe('the task', () => {
  it.each(['', 'x'.repeat(201)])('is not %p', (taskId) => {
    expect(() => new ClientServerAPI(taskId, { baseUrl: 'http://h' }, { env: {} })).toThrow(invalid);
  });
});
