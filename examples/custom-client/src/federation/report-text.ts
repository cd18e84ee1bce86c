import type { AirportScore, Comparison, Summary } from './comparison.js';

const NAME_WIDTH = 40;

/** The comparison for people: a line per airport, then the whole. */
export function reportText({ scores, summary }: Comparison): string {
  return [HEAD, ...scores.map(lineOf), '', ...summaryLines(summary)].join('\n');
}

const HEAD = `${'airport'.padEnd(NAME_WIDTH)}  trained on  held out  damaged  local AUC  global AUC  better`;

function lineOf(score: AirportScore): string {
  return [
    score.airport.padEnd(NAME_WIDTH),
    String(score.trainingRows).padStart(10),
    String(score.heldOutRows).padStart(8),
    String(score.heldOutDamaged).padStart(7),
    score.localAuc.toFixed(3).padStart(9),
    score.globalAuc.toFixed(3).padStart(10),
    betterOf(score),
  ].join('  ');
}

function betterOf({ localAuc, globalAuc }: AirportScore): string {
  if (localAuc === globalAuc) return 'equal';
  return globalAuc > localAuc ? 'global' : 'local';
}

function summaryLines(summary: Summary): string[] {
  const { airports, globalIsBetter, localIsBetter } = summary;
  return [
    `mean AUC of ${airports} airports: local ${summary.meanLocalAuc.toFixed(3)}, global ${summary.meanGlobalAuc.toFixed(3)}`,
    `AUC of all rows together: local ${summary.pooledLocalAuc.toFixed(3)}, global ${summary.pooledGlobalAuc.toFixed(3)}`,
    `better: global at ${globalIsBetter} airports, local at ${localIsBetter}, equal at ${airports - globalIsBetter - localIsBetter}`,
  ];
}
