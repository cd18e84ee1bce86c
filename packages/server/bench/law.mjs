// Does the server keep to its memory law? Runs cells of our server alone, with clients of Python's standard library,
// and ends with 1 where a peak is above it.
// node packages/server/bench/law.mjs [--cells 10x1M] [--strategy fedavg,fedavgm] [--rounds N] [--python PROGRAM]
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { digits } from './figures.mjs';
import { cellNamed, nameOf } from './round/grid.mjs';
import { mostMegabytes } from './round/memory-law.mjs';
import { ours } from './round/peers.mjs';
import { runCell } from './round/run-cell.mjs';
import { strategyNamed } from './round/strategies.mjs';
import { writeUpdateFiles } from './round/update-files.mjs';

const { values: options } = parseArgs({
  options: {
    cells: { type: 'string', default: '10x1M' },
    strategy: { type: 'string', default: 'fedavg,fedavgm' },
    rounds: { type: 'string', default: '6' },
    'within-seconds': { type: 'string', default: '120' },
    python: { type: 'string', default: 'python3' },
  },
});
const strategies = options.strategy
  .split(',')
  .map((name) => ({ name, moments: strategyNamed(name).moments.length }));

for (const cell of options.cells.split(',').map(cellNamed)) {
  const temporary = mkdtempSync(join(tmpdir(), 'fedops-bench-law-'));
  try {
    const settings = {
      rounds: Number(options.rounds),
      updates: writeUpdateFiles(temporary, cell.parameters),
      temporary,
      withinS: Number(options['within-seconds']),
    };
    for (const strategy of strategies) await hold(cell, strategy, settings);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function hold(cell, { name, moments }, settings) {
  const peer = ours({ nodeArguments: [], interpreter: options.python, strategy: name });
  const { peakMegabytes } = await runCell(peer, cell, settings);
  const most = mostMegabytes(cell, moments);
  const isWithin = peakMegabytes <= most;
  console.log(
    `${nameOf(cell)} ${peer.name}: peak ${digits(peakMegabytes, 4)} MB of at most ${digits(most, 4)} MB` +
      `${isWithin ? '' : ': ABOVE THE LAW'}`,
  );
  if (!isWithin) process.exitCode = 1;
}
