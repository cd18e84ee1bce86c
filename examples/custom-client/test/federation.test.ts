import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Airport, airportsOf } from '../src/airports/airport.js';
import { compare } from '../src/federation/comparison.js';
import { type Federation, runFederation } from '../src/federation/run-federation.js';
import { FEDERATED_FIT } from '../src/federation/settings.js';
import { modelOf, parametersOf, untrainedModel } from '../src/model/strike-model.js';
import { readStrikes } from '../src/strikes/read-strikes.js';

const SETTINGS = { rounds: 3, seed: 1, fit: FEDERATED_FIT };

describe('a federation of four airports over HTTP', () => {
  let airports: Airport[];
  let federation: Federation;
  beforeAll(async () => {
    airports = airportsOf(await readStrikes(), { seed: 1, measure: 'validation' }).slice(0, 4);
    federation = await runFederation(airports, SETTINGS);
  });

  it('has every airport in every round and publishes V1', () => {
    expect(federation.version).toBe(1);
    const closed = federation.history.filter(({ round }) => round > 0);
    expect(closed).toHaveLength(3);
    for (const { participants } of closed) {
      const facts = participants.map(({ clientId, numExamples }) => [clientId, numExamples]);
      expect(facts.sort()).toEqual(airports.map(({ name, training }) => [name, training.length]));
    }
  });

  it('publishes a model that rates damage above chance', () => {
    const contenders = airports.map((airport) => ({ airport, alone: untrainedModel() }));
    const { summary } = compare(contenders, federation.model);
    expect(summary.pooledLocalAuc).toBe(0.5);
    expect(summary.pooledGlobalAuc).toBeGreaterThan(0.6);
  });

  it('publishes the same model again for the same seed, and another for another', async () => {
    const again = await runFederation(airports, SETTINGS);
    expect(again.sha256).toBe(federation.sha256);
    expect(modelOf(parametersOf(again.model))).toEqual(federation.model);
    const other = await runFederation(airports, { ...SETTINGS, seed: 2 });
    expect(other.sha256).not.toBe(federation.sha256);
  });

  it('fails with the reason where every client refuses what it is told', async () => {
    const refused = runFederation(airports, { ...SETTINGS, fit: { ...FEDERATED_FIT, learningRate: -1 } });
    await expect(refused).rejects.toMatchObject({
      message: expect.stringMatching(/learningRate|quorum|update/),
    });
  });
});
