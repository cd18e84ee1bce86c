// Rounds of this server beside rounds of Flower's `start_server`, with Python clients on both sides:
// docs/benchmarks.md, "A round beside Flower".
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { digits, median, times } from './figures.mjs';
import { machine } from './machine.mjs';
import { defaultCache, FLOWER_VERSIONS, flowerEnvironment } from './round/flower-environment.mjs';
import { cellNamed, GRID, nameOf } from './round/grid.mjs';
import { isFlower } from './round/peer-names.mjs';
import { flower, ourDoor, ours } from './round/peers.mjs';
import { ratiosOf } from './round/ratios.mjs';
import { runCell } from './round/run-cell.mjs';
import { strategyNamed } from './round/strategies.mjs';
import { writeUpdateFiles } from './round/update-files.mjs';

const { values: options } = parseArgs({
  options: {
    peer: { type: 'string' },
    ours: { type: 'string', default: 'http' },
    strategy: { type: 'string', default: 'fedavg' },
    cells: { type: 'string', default: GRID.map(nameOf).join(',') },
    versions: { type: 'string', default: FLOWER_VERSIONS.join(',') },
    malloc: { type: 'string', default: 'default,tuned' },
    rounds: { type: 'string', default: '6' },
    passes: { type: 'string', default: '2' },
    'within-seconds': { type: 'string', default: '300' },
    'temporary-dir': { type: 'string', default: tmpdir() },
    'cache-dir': { type: 'string', default: defaultCache },
    python: { type: 'string', default: 'python3' },
    budget: { type: 'string' },
    profile: { type: 'string' },
    json: { type: 'string' },
  },
});
if (options.peer !== undefined && options.peer !== 'flower') {
  throw new Error(`--peer: expected flower, got ${options.peer}`);
}
const doors = options.ours.split(',');
for (const door of doors) {
  if (door !== 'http' && door !== 'grpc') throw new Error(`--ours: expected http, grpc or both, got ${door}`);
}

const strategies = options.strategy.split(',');
for (const strategy of strategies) strategyNamed(strategy);
const budgetMebibytes = options.budget === undefined ? undefined : budgetIn(options.budget);

const environments =
  options.peer === undefined && !doors.includes('grpc')
    ? []
    : options.versions
        .split(',')
        .map((version) =>
          flowerEnvironment(version, { cache: options['cache-dir'], python: options.python }),
        );
const nodeArguments =
  options.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${options.profile}`];
const peers = [
  ...doors.flatMap((door) =>
    strategies.map((strategy) =>
      door === 'http'
        ? ours({ nodeArguments, interpreter: options.python, strategy })
        : ourDoor({ nodeArguments, environment: environments[0], budgetMebibytes, strategy }),
    ),
  ),
  ...(options.peer === undefined ? [] : environments).flatMap((environment) =>
    options.malloc.split(',').map((malloc) => flower(environment, malloc)),
  ),
];

const results = [];
for (const cell of options.cells.split(',').map(cellNamed)) {
  const temporary = mkdtempSync(join(options['temporary-dir'], 'fedops-bench-'));
  try {
    results.push(...(await measureCell(cell, temporary)));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  if (options.json !== undefined) save(options.json);
}
if (results.some(({ error }) => error !== undefined)) process.exitCode = 1;

/** All servers in turn, pass after pass, so that a busy moment of the machine meets none of them alone. */
async function measureCell(cell, temporary) {
  const updates = writeUpdateFiles(temporary, cell.parameters);
  const settings = {
    rounds: Number(options.rounds),
    updates,
    temporary,
    withinS: Number(options['within-seconds']),
  };
  const runs = new Map(peers.map((peer) => [peer, []]));
  for (let pass = 1; pass <= Number(options.passes); pass++) {
    for (const [peer, done] of runs) {
      const run = await runCell(peer, cell, settings).catch((error) => ({ error: error.message }));
      if (run.error !== undefined) console.error(`${nameOf(cell)} ${peer.name}: ${run.error}`);
      done.push(run);
    }
  }
  const measured = [...runs].map(([peer, done]) => ({
    cell: nameOf(cell),
    ...cell,
    peer: peer.name,
    ...joined(done),
  }));
  for (const line of [...measured.map(lineOf), ...ratioLines(measured)]) console.log(line);
  return measured;
}

/** What each Flower server needs, divided by what each of ours needs. */
function ratioLines(measured) {
  const done = measured.filter(({ error }) => error === undefined);
  return done
    .filter(({ peer }) => !isFlower(peer))
    .flatMap((own) =>
      done
        .filter(({ peer }) => isFlower(peer))
        .map((theirs) => {
          const { wall, cpu, peak } = ratiosOf(theirs, own);
          const name = `${own.cell.padEnd(8)} ${theirs.peer.padEnd(20)}`;
          return `${name} ${times(wall)} wall, ${times(cpu)} CPU, ${times(peak)} peak of ${own.peer}`;
        }),
    );
}

/** MiB that the gRPC door may hold of answers under way. */
function budgetIn(mebibytes) {
  if (!/^[1-9]\d*$/.test(mebibytes)) throw new Error(`--budget: expected MiB, got ${mebibytes}`);
  if (!doors.includes('grpc')) throw new Error('--budget is for the gRPC door: --ours grpc');
  return Number(mebibytes);
}

function joined(runs) {
  const failed = runs.find(({ error }) => error !== undefined);
  if (failed !== undefined) return failed;
  const rounds = runs.flatMap((run) => run.rounds);
  return {
    rounds: rounds.length,
    wallSeconds: median(rounds.map(({ wall }) => wall)),
    cpuSeconds: median(rounds.map(({ cpu }) => cpu)),
    peakMegabytes: median(runs.map((run) => run.peakMegabytes)),
  };
}

function lineOf({ cell, peer, rounds, wallSeconds, cpuSeconds, peakMegabytes, error }) {
  const name = `${cell.padEnd(8)} ${peer.padEnd(20)}`;
  if (error !== undefined) return `${name} failed`;
  const [wall, cpu, peak] = [wallSeconds, cpuSeconds, peakMegabytes].map((value) => digits(value, 3));
  return `${name} ${wall} s wall, ${cpu} s CPU a round; peak ${peak} MB (${rounds} rounds)`;
}

/** Cells that were measured before stay in the file; those measured now replace theirs. */
function save(path) {
  const before = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).results : [];
  const isNew = ({ cell, peer }) => results.some((result) => result.cell === cell && result.peer === peer);
  const merged = [...before.filter((result) => !isNew(result)), ...results];
  const file = {
    machine: machine(),
    flower: environments.map(({ versions }) => versions),
    results: merged,
  };
  writeFileSync(path, `${JSON.stringify(file, null, 2)}\n`);
}
