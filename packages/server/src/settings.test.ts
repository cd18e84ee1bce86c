import { describe, expect, it } from '@jest/globals';
import { codeThrownBy } from '../test/error-code.js';
import { type FLServerSettings, resolveSettings } from './settings.js';

const least = { taskId: 'task', rounds: 1 } as FLServerSettings;

describe('the settings of a server', () => {
  it('need a task and a number of rounds, and have a default for the rest', () => {
    expect(resolveSettings(least)).toMatchObject({
      seed: 0,
      selection: { fraction: 1, minClients: 1, minConnected: 1 },
      clientEvaluation: { fraction: 1 },
      policy: { quorum: 1, retries: 1, overSelection: 0, lateUpdatesMs: 0 },
      listen: { host: '127.0.0.1', port: 8080, insecure: false },
      limits: { leaseMs: 15_000, maxUpdateBytes: 4 * 1024 ** 3, updates: 'delete' },
    });
  });

  it.each([
    [{}, 3],
    [{ updates: 'keep' }, Number.MAX_SAFE_INTEGER],
    [{ updates: 'keep', keepRounds: 1 }, 1],
  ] as const)('with %j keep the models of %i rounds: what is kept to verify needs all', (limits, kept) => {
    expect(resolveSettings({ ...least, limits }).limits.keepRounds).toBe(kept);
  });

  it.each([
    { rounds: 0 },
    { rounds: 1.5 },
    { taskId: '' },
    { runId: 'x'.repeat(201) },
    { selection: { fraction: 0 } },
    { selection: { fraction: 1.1 } },
    { clientEvaluation: { fraction: -0.1 } },
    { policy: { quorum: 0 } },
    { policy: { fitMs: 0 } },
    { policy: { retries: -1 } },
    { listen: { port: 65_536 } },
    { enrolmentToken: 'too short' },
    { enrolmentToken: 'long enough but with spaces' },
    { limits: { maxUpdateBytes: 0 } },
    { polici: {} },
    { policy: { quorumm: 1 } },
  ])('are refused with %j', (changes) => {
    expect(codeThrownBy(() => resolveSettings({ ...least, ...changes } as FLServerSettings))).toBe(
      'invalid-argument',
    );
  });
});

describe('a list of clients', () => {
  const listed = (...ids: string[]) => ({ kind: 'listed' as const, ids: ids as never[] });

  it('lets no run wait for more clients than it has', () => {
    for (const more of [
      { selection: { minClients: 3 } },
      { selection: { minConnected: 3 } },
      { policy: { quorum: 3 } },
    ]) {
      const settings = { ...least, clients: listed('a', 'b'), ...more };
      expect(codeThrownBy(() => resolveSettings(settings))).toBe('invalid-argument');
    }
    const settings = { ...least, clients: listed('a', 'b'), selection: { minClients: 2, minConnected: 2 } };
    expect(resolveSettings(settings).clients).toEqual(listed('a', 'b'));
  });

  it('is not empty, and names nobody twice', () => {
    expect(codeThrownBy(() => resolveSettings({ ...least, clients: listed() }))).toBe('invalid-argument');
    expect(codeThrownBy(() => resolveSettings({ ...least, clients: listed('a', 'a') }))).toBe(
      'invalid-argument',
    );
  });
});
