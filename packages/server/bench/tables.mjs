// Writes the tables of docs/benchmarks.md between their markers from the JSON in docs/benchmarks, so that the two
// cannot differ; with --check it only says whether they do.
import { readFileSync, writeFileSync } from 'node:fs';
import { digits, times } from './figures.mjs';
import { isFlower, titleOf } from './round/peer-names.mjs';
import { ratiosOf } from './round/ratios.mjs';

const docs = new URL('../../../docs/', import.meta.url);
const page = new URL('benchmarks.md', docs);
const read = (name) => JSON.parse(readFileSync(new URL(`benchmarks/${name}.json`, docs), 'utf8'));

const TABLES = {
  round: () => roundTable('round'),
  ratios: () => ratioTable('round', 'fedops'),
  newest: () => roundTable('newest'),
  'newest ratios': () => ratioTable('newest', 'fedops'),
  door: () => roundTable('door'),
  'door ratios': () => ratioTable('door', 'fedops-grpc'),
  clients: clientsTable,
  fold: foldTable,
  rounds: longRunTable,
  'cold starts': coldStartTable,
  'installed sizes': installedTable,
};

const LONG_RUN_FIGURES = {
  heapMegabytes: 'heap, MiB',
  externalMegabytes: 'external, MiB',
  arrayBuffersMegabytes: 'of it array buffers, MiB',
  rssMegabytes: 'resident memory, MiB',
  openFiles: 'open files and sockets',
  sockets: 'connections',
  resources: 'what keeps Node awake: connections, timers, requests',
};

const before = readFileSync(page, 'utf8');
const after = Object.entries(TABLES).reduce((text, [name, table]) => withTable(text, name, table()), before);
if (process.argv.includes('--check')) {
  if (after !== before) {
    console.error(
      'docs/benchmarks.md differs from docs/benchmarks/*.json: run packages/server/bench/tables.mjs',
    );
    process.exitCode = 1;
  }
} else writeFileSync(page, after);

function withTable(text, name, rows) {
  const [start, end] = [`<!-- table ${name} -->\n`, `<!-- end of table ${name} -->`];
  const from = text.indexOf(start);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error(`docs/benchmarks.md lacks the markers of table ${name}`);
  return `${text.slice(0, from)}${start}\n${rows.join('\n')}\n\n${text.slice(to)}`;
}

function roundTable(file) {
  const { results } = read(file);
  return [
    '| K × P | server | wall a round | server CPU a round | peak memory | rounds |',
    '| --- | --- | --- | --- | --- | --- |',
    ...inOrder(results).map((result) => {
      const { wallSeconds, cpuSeconds, peakMegabytes, rounds, error } = result;
      const name = `| ${sizeOf(result)} | ${titleOf(result.peer)} |`;
      if (error !== undefined) return `${name} did not end | | | |`;
      const [wall, cpu, peak] = [wallSeconds, cpuSeconds, peakMegabytes].map((value) => digits(value, 3));
      return `${name} ${wall} s | ${cpu} s | ${peak} MB | ${rounds} |`;
    }),
  ];
}

/** How many times more a Flower server needs than ours. */
function ratioTable(file, ours) {
  const { results } = read(file);
  const oursOf = (cell) =>
    results.find((result) => result.cell === cell && result.peer === ours && result.error === undefined);
  return [
    '| K × P | against | wall | server CPU | peak memory |',
    '| --- | --- | --- | --- | --- |',
    ...inOrder(results)
      .filter(({ cell, peer, error }) => isFlower(peer) && error === undefined && oursOf(cell) !== undefined)
      .map((theirs) => {
        const { wall, cpu, peak } = ratiosOf(theirs, oursOf(theirs.cell));
        const figures = [wall, cpu, peak].map(times).join(' | ');
        return `| ${sizeOf(theirs)} | ${titleOf(theirs.peer)} | ${figures} |`;
      }),
  ];
}

function longRunTable() {
  const { measures, growth, bounds, settledRound } = read('rounds');
  const [first, last] = [measures[0], measures.at(-1)];
  const rounds = [first, last].map(({ round }) => `at round ${round.toLocaleString('en')}`);
  const tenth = (value) => String(Math.round(value * 10) / 10);
  return [
    `| | ${rounds.join(' | ')} | growth | bound | since the event log was full (round ${settledRound ?? 'none'}) | bound |`,
    '| --- | --- | --- | --- | --- | --- | --- |',
    ...Object.entries(LONG_RUN_FIGURES).map(([figure, name]) => {
      const { whole, settled } = growth[figure];
      const values = [first[figure], last[figure], whole, bounds[figure].whole].map(tenth).join(' | ');
      return `| ${name} | ${values} | ${settled === undefined ? '' : tenth(settled)} | ${bounds[figure].settled} |`;
    }),
  ];
}

function coldStartTable() {
  return [
    '| | median | least | most |',
    '| --- | --- | --- | --- |',
    ...read('footprint').coldStart.map(
      ({ service, medianMs, leastMs, mostMs }) =>
        `| ${service} | ${[medianMs, leastMs, mostMs].map((value) => `${Math.round(value)} ms`).join(' | ')} |`,
    ),
  ];
}

function installedTable() {
  return [
    '| package | its own | with all that it needs | packages |',
    '| --- | --- | --- | --- |',
    ...read('footprint').installed.map(
      ({ name, ownBytes, allBytes, packages }) =>
        `| \`${name}\` | ${(ownBytes / 1e6).toFixed(2)} MB | ${(allBytes / 1e6).toFixed(1)} MB | ${packages} |`,
    ),
  ];
}

function clientsTable() {
  const { clients, heldSeconds, lost, kilobytesEach, wakeSeconds, emptyRound } = read('clients');
  const count = clients.toLocaleString('en');
  return [
    '| | measured | aim |',
    '| --- | --- | --- |',
    `| of ${count} clients held for ${heldSeconds} s, lost | ${lost} | 0 |`,
    `| server memory for each | ${digits(kilobytesEach, 4)} kB | ≤ 16 kB |`,
    `| all of them woken for a round | ${digits(wakeSeconds, 3)} s | ≤ 3 s |`,
    `| a round of 10 clients with 10 numbers, median of ${emptyRound.rounds} | ${digits(emptyRound.medianMs, 3)} ms | ≤ 20 ms |`,
  ];
}

function foldTable() {
  return [
    '| K × P | fold | C, float32 sums | C, float64 sums | fold to C float32 | fold to C float64 |',
    '| --- | --- | --- | --- | --- | --- |',
    ...read('fold').results.map((result) => {
      const [fold, narrow, wide] = [result.foldMs, result.float32Ms, result.float64Ms].map(
        (value) => `${digits(value, 3)} ms`,
      );
      const ratios = `${times(result.toFloat32)} | ${times(result.toFloat64)}`;
      return `| ${sizeOf(result)} | ${fold} | ${narrow} | ${wide} | ${ratios} |`;
    }),
  ];
}

function inOrder(results) {
  return [...results].sort(
    (a, b) => a.clients - b.clients || a.parameters - b.parameters || (a.peer < b.peer ? -1 : 1),
  );
}

function sizeOf({ cell }) {
  return cell.replace('x', ' × ');
}
