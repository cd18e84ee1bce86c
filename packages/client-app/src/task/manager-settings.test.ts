import { describe, expect, it } from '@jest/globals';
import { managersFrom } from './manager-settings.js';

const env = {
  FEDOPS_CLIENT_MANAGER_URL: 'http://127.0.0.1:8004',
  FEDOPS_SERVER_MANAGER_URL: 'http://manager.example:40019',
  FEDOPS_CLIENT_PERFORMANCE_URL: 'http://manager.example:40015',
};

describe('managersFrom', () => {
  it('finds all three services in the environment', () => {
    const { client, server, performance } = managersFrom({ taskId: 'mean' }, env);
    expect(client?.baseUrl).toBe('http://127.0.0.1:8004');
    expect(server?.baseUrl).toBe('http://manager.example:40019');
    expect(performance).toMatchObject({ performanceUrl: 'http://manager.example:40015' });
  });

  it('takes settings before the environment', () => {
    const { client, server } = managersFrom(
      { taskId: 'mean', manager: { baseUrl: 'http://one' }, serverManager: { baseUrl: 'http://two' } },
      env,
    );
    expect([client?.baseUrl, server?.baseUrl]).toEqual(['http://one', 'http://two']);
  });

  it('talks to nobody where nobody is named', () => {
    const { client, server, performance } = managersFrom(
      { taskId: 'mean' },
      { FEDOPS_CLIENT_MANAGER_URL: ' ' },
    );
    expect([client, server, performance]).toEqual([undefined, undefined, undefined]);
  });
});
