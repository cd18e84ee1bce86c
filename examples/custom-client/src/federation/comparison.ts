import type { Airport } from '../airports/airport.js';
import { areaUnderCurve } from '../model/area-under-curve.js';
import type { LogisticModel } from '../model/logistic-regression.js';
import { ratingsOf } from '../model/ratings.js';

/** An airport, and the model that it trained alone. */
export interface Contender {
  readonly airport: Airport;
  readonly alone: LogisticModel;
}

/** One airport's AUC on its held-out rows, by either model. */
export interface AirportScore {
  readonly airport: string;
  readonly trainingRows: number;
  readonly heldOutRows: number;
  readonly heldOutDamaged: number;
  readonly localAuc: number;
  readonly globalAuc: number;
}

export interface Summary {
  readonly airports: number;
  /** Unweighted over the airports. */
  readonly meanLocalAuc: number;
  readonly meanGlobalAuc: number;
  /** All held-out rows in one ranking, each rated by its airport's own model, or by the global one. */
  readonly pooledLocalAuc: number;
  readonly pooledGlobalAuc: number;
  readonly globalIsBetter: number;
  readonly localIsBetter: number;
}

export interface Comparison {
  readonly scores: readonly AirportScore[];
  readonly summary: Summary;
}

/** Rates the held-out rows of every airport with its own model and with the global one. */
export function compare(contenders: readonly Contender[], global: LogisticModel): Comparison {
  const rated = contenders.map(({ airport, alone }) => ({
    airport,
    local: ratingsOf(alone, airport.heldOut),
    global: ratingsOf(global, airport.heldOut),
  }));
  const scores = rated.map(
    ({ airport, local, global }): AirportScore => ({
      airport: airport.name,
      trainingRows: airport.training.length,
      heldOutRows: airport.heldOut.length,
      heldOutDamaged: airport.heldOut.filter(({ isPositive }) => isPositive).length,
      localAuc: areaUnderCurve(local),
      globalAuc: areaUnderCurve(global),
    }),
  );
  const summary: Summary = {
    airports: scores.length,
    meanLocalAuc: mean(scores.map(({ localAuc }) => localAuc)),
    meanGlobalAuc: mean(scores.map(({ globalAuc }) => globalAuc)),
    pooledLocalAuc: areaUnderCurve(rated.flatMap(({ local }) => local)),
    pooledGlobalAuc: areaUnderCurve(rated.flatMap(({ global }) => global)),
    globalIsBetter: scores.filter(({ localAuc, globalAuc }) => globalAuc > localAuc).length,
    localIsBetter: scores.filter(({ localAuc, globalAuc }) => localAuc > globalAuc).length,
  };
  return { scores, summary };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
