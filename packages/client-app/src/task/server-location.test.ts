import { FedOpsError, type PortAnswer } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { assertLocatable, locateServer } from './server-location.js';
import type { ServerOverride } from './server-override.js';
import { serverPolicy } from './server-policy.js';

function managerAnswering(answer: PortAnswer | FedOpsError) {
  const asked: number[] = [];
  const none = async () => undefined;
  return {
    asked,
    baseUrl: 'http://manager.example:40019',
    getPort: async () => {
      asked.push(1);
      if (FedOpsError.is(answer)) throw answer;
      return answer;
    },
    getTrainFin: none,
    getTrainFail: none,
    getClientOut: none,
  };
}

const NONE: ServerOverride = { kind: 'none' };
const signal = new AbortController().signal;
const policy = serverPolicy(['http://manager.example:40019', '10.0.0.5']);

describe('locateServer', () => {
  it('asks nobody where the data name a port or a URL', async () => {
    const manager = managerAnswering({ port: 1 });
    expect(
      await locateServer({ data: { server_ip: '10.0.0.5:40026' }, manager, policy, override: NONE }, signal),
    ).toBe('http://10.0.0.5:40026');
    expect(
      await locateServer(
        { data: { server_url: 'https://10.0.0.5/fl' }, manager, policy, override: NONE },
        signal,
      ),
    ).toBe('https://10.0.0.5/fl');
    expect(manager.asked).toHaveLength(0);
  });

  it('asks the server manager for the port of a host without one', async () => {
    const manager = managerAnswering({ port: 40_030 });
    expect(
      await locateServer({ data: { server_ip: '127.0.0.1' }, manager, policy, override: NONE }, signal),
    ).toBe('http://127.0.0.1:40030');
  });

  it("takes the manager's host where nobody names one", async () => {
    const manager = managerAnswering({ port: 40_030 });
    expect(await locateServer({ data: undefined, manager, policy, override: NONE }, signal)).toBe(
      'http://manager.example:40030',
    );
  });

  it.each<PortAnswer>([{ port: 1, external_ip: 'evil.example' }, { server_url: 'http://evil.example' }])(
    'does not go to a host that is not allowed, although the manager names it: %j',
    async (answer) => {
      const located = locateServer(
        { data: undefined, manager: managerAnswering(answer), policy, override: NONE },
        signal,
      );
      await expect(located).rejects.toMatchObject({
        code: 'permission-denied',
        details: { host: 'evil.example' },
      });
    },
  );

  it('goes where the owner of the device says, whatever anybody else names, and asks nobody', async () => {
    const manager = managerAnswering({ server_url: 'http://evil.example' });
    const override = { kind: 'server', server: '10.0.0.5:8080' } as const;
    const sources = { data: { server_ip: 'evil.example:1' }, manager, policy, override };
    expect(() => assertLocatable(sources)).not.toThrow();
    expect(await locateServer(sources, signal)).toBe('http://10.0.0.5:8080');
    expect(manager.asked).toHaveLength(0);
  });

  it.each<[PortAnswer, string]>([
    [{ port: 40_030 }, 'http://10.0.0.5:40030'],
    [{ port: 1, server_url: 'https://inside.example:9/fl' }, 'https://10.0.0.5:9/fl'],
  ])("goes to the owner's host in place of another, with the port of %j", async (answer, url) => {
    const override = { kind: 'host', host: '10.0.0.5' } as const;
    const sources = {
      data: { server_ip: 'inside.example' },
      manager: managerAnswering(answer),
      policy,
      override,
    };
    expect(() => assertLocatable(sources)).not.toThrow();
    expect(await locateServer(sources, signal)).toBe(url);
  });

  it('passes on what getPort fails with', async () => {
    const manager = managerAnswering(new FedOpsError('not-found', 'no port yet'));
    await expect(
      locateServer({ data: undefined, manager, policy, override: NONE }, signal),
    ).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('assertLocatable', () => {
  const codeOf = (sources: Parameters<typeof assertLocatable>[0]) => {
    try {
      assertLocatable(sources);
      return 'passes';
    } catch (error) {
      return FedOpsError.from(error).code;
    }
  };

  it.each([
    ['127.0.0.1:1', 'passes'],
    ['localhost:1', 'passes'],
    ['[::1]:1', 'passes'],
    ['10.0.0.5:9', 'passes'],
    ['MANAGER.example:9', 'passes'],
    ['0x7f.1:9', 'passes'],
    ['10.0.0.6:9', 'permission-denied'],
    ['127.0.0.1.evil.example:9', 'permission-denied'],
    ['0.0.0.0:9', 'permission-denied'],
    ['169.254.169.254:80', 'permission-denied'],
  ])('lets a start to %s: %s', (server_ip, outcome) => {
    expect(codeOf({ data: { server_ip }, manager: undefined, policy, override: NONE })).toBe(outcome);
  });

  it('looks at the URL where there are both', () => {
    const data = { server_ip: '127.0.0.1:1', server_url: 'http://evil.example' };
    expect(codeOf({ data, manager: undefined, policy, override: NONE })).toBe('permission-denied');
  });

  it('refuses a start without a port where there is no manager to ask', () => {
    expect(codeOf({ data: { server_ip: '127.0.0.1' }, manager: undefined, policy, override: NONE })).toBe(
      'invalid-argument',
    );
    expect(codeOf({ data: undefined, manager: undefined, policy, override: NONE })).toBe('invalid-argument');
    expect(codeOf({ data: undefined, manager: managerAnswering({ port: 1 }), policy, override: NONE })).toBe(
      'passes',
    );
  });
});
