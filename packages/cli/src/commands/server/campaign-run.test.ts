import { FedOpsError } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { assertCarriedOut, campaignRun } from './campaign-run.js';

const CAMPAIGN = {
  settings: {
    runId: 'run-12345678',
    rounds: 4,
    baseVersion: 1,
    selection: { fraction: 0.5, minClients: 3, minConnected: 3 },
    clientEvaluation: { fraction: 0 },
  },
};

const codeOf = (work: () => void): string | undefined => {
  try {
    work();
    return undefined;
  } catch (error) {
    return FedOpsError.from(error).code;
  }
};

describe('the run of an FL server', () => {
  it("is the campaign's where the user says nothing", () => {
    const { run, plan } = campaignRun(CAMPAIGN, {});
    expect(plan).toMatchObject(CAMPAIGN.settings);
    expect(run).toMatchObject({
      rounds: 4,
      clientsPerRound: { kind: 'all', atLeast: 3 },
      evaluationFraction: 0,
    });
  });

  it("is the user's in each setting that the user names, and the campaign's in the others", () => {
    const { plan } = campaignRun(CAMPAIGN, { rounds: 9, clientsPerRound: { kind: 'all', atLeast: 2 } });
    expect(plan).toMatchObject({
      rounds: 9,
      selection: { fraction: 1, minClients: 2, minConnected: 2 },
      clientEvaluation: { fraction: 0 },
      runId: 'run-12345678',
      baseVersion: 1,
    });
    expect(campaignRun(CAMPAIGN, { evaluationFraction: 1 }).plan).toMatchObject({
      rounds: 4,
      selection: CAMPAIGN.settings.selection,
      clientEvaluation: { fraction: 1 },
    });
  });

  it('is that of the defaults without a campaign', () => {
    const { plan } = campaignRun({ settings: {} }, {});
    expect(plan).toMatchObject({ rounds: 3, selection: { fraction: 1, minClients: 1, minConnected: 1 } });
    expect(Object.keys(plan)).not.toContain('baseVersion');
  });
});

describe('a campaign that wants what nobody brings', () => {
  const nothing = { strategy: false, evaluate: false };

  it.each([
    [{ strategy: 'FedAdam' }, nothing, 'unsupported'],
    [{ strategy: 'FedAdam' }, { ...nothing, strategy: true }, undefined],
    [{ strategy: 'FedAvg' }, nothing, undefined],
    [{ serverEvaluation: true }, nothing, 'unsupported'],
    [{ serverEvaluation: true }, { ...nothing, evaluate: true }, undefined],
    [{ serverEvaluation: false }, nothing, undefined],
    [{}, nothing, undefined],
  ])('%j with %j brought gives %s', (campaign, brought, code) => {
    expect(codeOf(() => assertCarriedOut(campaign, brought))).toBe(code);
  });
});
