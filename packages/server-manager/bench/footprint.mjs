// How long each service takes from the start of its process to its first answer, and what each published package
// takes on disk once it is installed.
// node packages/server-manager/bench/footprint.mjs [--starts 10] [--packages NAME,NAME] [--json FILE]
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';
import { parseArgs } from 'node:util';
import { coldStarts } from './footprint/cold-start.mjs';
import { installedSizes } from './footprint/installed-size.mjs';

const { values } = parseArgs({
  options: {
    starts: { type: 'string', default: '10' },
    packages: { type: 'string' },
    json: { type: 'string' },
  },
});

const results = {
  machine: {
    takenOn: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0].model,
    cores: cpus().length,
    memoryGibibytes: Math.round(totalmem() / 1024 ** 3),
    system: `${type()} ${release()}`,
    node: process.versions.node,
    load: Math.round(loadavg()[0] * 10) / 10,
  },
  coldStart: await coldStarts(Number(values.starts)),
  installed: installedSizes(values.packages?.split(',')),
};

console.log('\nfrom the start of the process to the first answer, in ms\n');
console.table(
  results.coldStart.map(({ service, medianMs, leastMs, mostMs }) => ({
    service,
    median: Math.round(medianMs),
    least: Math.round(leastMs),
    most: Math.round(mostMs),
  })),
);
console.log('\ninstalled, in MB\n');
console.table(
  results.installed.map(({ name, ownBytes, allBytes, packages }) => ({
    name,
    own: (ownBytes / 1e6).toFixed(2),
    'with all it needs': (allBytes / 1e6).toFixed(1),
    packages,
  })),
);
if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(results, null, 2)}\n`);
