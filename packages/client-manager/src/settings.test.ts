import { describe, expect, it } from '@jest/globals';
import { readSettings } from './settings.js';

const env = {
  FEDOPS_CLIENT_PORT: '9003',
  FEDOPS_SERVER_MANAGER_URL: ' http://manager.example:40019/fedops/ ',
};

describe('readSettings', () => {
  it('finds client app and server manager in the environment', () => {
    expect(readSettings({ dataDir: 'data' }, env)).toMatchObject({
      client: { url: 'http://127.0.0.1:9003' },
      serverManager: { url: 'http://manager.example:40019/fedops', api: 'auto' },
    });
  });

  it('takes settings before the environment', () => {
    const given = {
      dataDir: 'data',
      clientUrl: 'http://app:8003',
      serverManager: { url: 'http://other.example' },
    };
    expect(readSettings(given, env)).toMatchObject({
      client: { url: 'http://app:8003' },
      serverManager: { url: 'http://other.example' },
    });
  });

  it.each([
    ['serverManager.url', {}],
    ['serverManager.url', { FEDOPS_SERVER_MANAGER_URL: '' }],
    ['serverManager.url', { FEDOPS_SERVER_MANAGER_URL: 'manager.example' }],
    ['clientUrl', { ...env, FEDOPS_CLIENT_PORT: 'http' }],
  ])('names %s where the environment is %j', (name, wrong) => {
    expect(() => readSettings({ dataDir: 'data' }, wrong)).toThrow(
      expect.objectContaining({ code: 'invalid-argument', message: expect.stringContaining(name) }),
    );
  });
});
