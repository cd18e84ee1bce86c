import { airportsOf, type Measure } from './airports/airport.js';
import { type Comparison, compare } from './federation/comparison.js';
import { type Federation, runFederation } from './federation/run-federation.js';
import { FEDERATED_FIT, LOCAL_FIT } from './federation/settings.js';
import { trainAlone } from './federation/train-alone.js';
import { readStrikes } from './strikes/read-strikes.js';

export interface ExperimentSettings {
  readonly rounds: number;
  readonly seed: number;
  readonly measure: Measure;
}

export interface Experiment extends Comparison {
  readonly federation: Federation;
}

/**
 * Trains each airport alone and all of them together, and compares.
 *
 * Only the comparison sees the rows of all airports; the federation itself sees none.
 */
export async function runExperiment({ rounds, seed, measure }: ExperimentSettings): Promise<Experiment> {
  const airports = airportsOf(await readStrikes(), { seed, measure });
  const federation = await runFederation(airports, { rounds, seed, fit: FEDERATED_FIT });
  const contenders = airports.map((airport) => ({ airport, alone: trainAlone(airport, LOCAL_FIT, seed) }));
  return { federation, ...compare(contenders, federation.model) };
}
