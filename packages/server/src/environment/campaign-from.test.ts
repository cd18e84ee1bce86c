import { describe, expect, it } from '@jest/globals';
import { codeThrownBy } from '../../test/error-code.js';
import { resolveSettings } from '../settings.js';
import { campaignFrom } from './campaign-from.js';

const configured = (config: unknown) => campaignFrom({ FEDOPS_CAMPAIGN_CONFIG: JSON.stringify(config) });
const messageOf = (read: () => unknown): string => {
  try {
    read();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('nothing was thrown');
};

describe('the campaign in an environment', () => {
  it('is what its variables name, in the form that an FL server takes', () => {
    const { settings, strategy, serverEvaluation } = campaignFrom({
      FEDOPS_CAMPAIGN_RUN_ID: ' run-12345678 ',
      FEDOPS_CAMPAIGN_CONFIG: JSON.stringify({
        schemaVersion: 1,
        rounds: 4,
        clientsPerRound: 3,
        strategy: { name: 'FedAvg', parameters: { fraction_fit: 0.75, fraction_evaluate: 0 } },
        serverEvaluation: { enabled: true, dataPath: 'holdout' },
      }),
      FEDOPS_BASE_GLOBAL_MODEL_VERSION: '1',
      FEDOPS_TARGET_GLOBAL_MODEL_VERSION: '2',
    });
    expect([strategy, serverEvaluation]).toEqual(['FedAvg', true]);
    expect(resolveSettings({ taskId: 'task', rounds: 9, ...settings })).toMatchObject({
      runId: 'run-12345678',
      rounds: 4,
      selection: { fraction: 0.75, minClients: 3, minConnected: 3 },
      clientEvaluation: { fraction: 0 },
      baseVersion: 1,
    });
  });

  it('says nothing where nothing is set, also where a deployment has empty values', () => {
    expect(campaignFrom({})).toEqual({ settings: {} });
    expect(campaignFrom({ FEDOPS_CAMPAIGN_RUN_ID: '', FEDOPS_CAMPAIGN_CONFIG: ' ' })).toEqual({
      settings: {},
    });
    expect(configured({})).toEqual({ settings: {} });
  });

  it.each(['FedAvg', { name: 'FedAvg' }, { name: 'FedAvg', parameters: {} }])(
    'takes the strategy %j, which asks every connected client as in Flower',
    (strategy) => {
      expect(configured({ clientsPerRound: 2, strategy })).toEqual({
        settings: {
          selection: { fraction: 1, minClients: 2, minConnected: 2 },
          clientEvaluation: { fraction: 1 },
        },
        strategy: 'FedAvg',
      });
    },
  );

  it('takes a share of zero for the number of clients alone, which FLServer takes too', () => {
    const { settings } = configured({
      clientsPerRound: 2,
      strategy: { name: 'FedAvg', parameters: { fraction_fit: 0 } },
    });
    const { selection } = resolveSettings({ taskId: 'task', rounds: 1, ...settings });
    expect(selection.minClients).toBe(2);
    expect(selection.fraction * 1_000_000).toBeLessThan(1);
  });

  it.each([
    [{ FEDOPS_BASE_GLOBAL_MODEL_VERSION: '0' }, 0],
    [{ FEDOPS_TARGET_GLOBAL_MODEL_VERSION: '3' }, 2],
    [{ FEDOPS_BASE_GLOBAL_MODEL_VERSION: '2', FEDOPS_TARGET_GLOBAL_MODEL_VERSION: '3' }, 2],
  ])('%j is to start from V%i', (env, baseVersion) => {
    expect(campaignFrom(env).settings).toEqual({ baseVersion });
  });

  it.each([
    ['FEDOPS_CAMPAIGN_RUN_ID', 'x'.repeat(201), 'invalid-argument'],
    ['FEDOPS_CAMPAIGN_CONFIG', '{', 'invalid-argument'],
    ['FEDOPS_CAMPAIGN_CONFIG', '[]', 'invalid-argument'],
    ['FEDOPS_CAMPAIGN_CONFIG', '{"rounds":0}', 'invalid-argument'],
    ['FEDOPS_CAMPAIGN_CONFIG', '{"clientsPerRound":"3"}', 'invalid-argument'],
    ['FEDOPS_CAMPAIGN_CONFIG', '{"strategy":7}', 'invalid-argument'],
    ['FEDOPS_CAMPAIGN_CONFIG', '{"strategy":{"parameters":{}}}', 'invalid-argument'],
    [
      'FEDOPS_CAMPAIGN_CONFIG',
      '{"strategy":{"name":"FedAvg","parameters":{"fraction_fit":1.5}}}',
      'invalid-argument',
    ],
    [
      'FEDOPS_CAMPAIGN_CONFIG',
      '{"strategy":{"name":"FedAvg","parameters":{"momentum":1}}}',
      'invalid-argument',
    ],
    ['FEDOPS_CAMPAIGN_CONFIG', '{"serverEvaluation":{"enabled":"false"}}', 'invalid-argument'],
    ['FEDOPS_CAMPAIGN_CONFIG', '{"schemaVersion":2}', 'unsupported'],
    ['FEDOPS_BASE_GLOBAL_MODEL_VERSION', '-1', 'invalid-argument'],
    ['FEDOPS_BASE_GLOBAL_MODEL_VERSION', '1.0', 'invalid-argument'],
    ['FEDOPS_TARGET_GLOBAL_MODEL_VERSION', '0', 'invalid-argument'],
  ])('%s %s is refused by its name', (name, value, code) => {
    const read = () => campaignFrom({ [name]: value });
    expect(codeThrownBy(read)).toBe(code);
    expect(messageOf(read)).toContain(name);
  });

  it('refuses a target that is not the version after the base: a run makes that one', () => {
    const env = { FEDOPS_BASE_GLOBAL_MODEL_VERSION: '1', FEDOPS_TARGET_GLOBAL_MODEL_VERSION: '3' };
    expect(codeThrownBy(() => campaignFrom(env))).toBe('unsupported');
  });
});
