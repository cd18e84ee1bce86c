// node .ci/check-demo-report.mjs REPORT VERSION [SAME]
// Fails unless the report tells of a federation that learnt, that published VERSION, whose managers and clients really
// spoke, and whose model is that of the report SAME, where one is given.
import { readFileSync } from 'node:fs';

const ROUNDS = 2;
const CLIENTS = 3;
const CALLS = ['start', 'online', 'getPort', 'trainFin', 'clientOut'];
const LOWEST_ACCURACY = 0.9;

const [path, version, otherPath] = process.argv.slice(2);
const { rounds, calls, final } = JSON.parse(readFileSync(path, 'utf8'));
const faults = [];

function expect(what, expected, actual, holds = actual === expected) {
  if (!holds) faults.push(`${what}: expected ${expected}, got ${actual}`);
}

expect('rounds', ROUNDS, rounds.length);
expect('clients', CLIENTS, Object.keys(calls).length);
for (const [client, made] of Object.entries(calls)) {
  for (const call of CALLS) expect(`${client}, calls of ${call}`, 'one or more', made[call], made[call] >= 1);
}
expect('accuracy', `${LOWEST_ACCURACY} or more`, final.accuracy, final.accuracy >= LOWEST_ACCURACY);
expect('version', Number(version), final.version);
expect('SHA-256', '64 digits', final.sha256, /^[0-9a-f]{64}$/.test(final.sha256));
if (otherPath !== undefined) {
  const other = JSON.parse(readFileSync(otherPath, 'utf8'));
  expect('SHA-256 of the same run', other.final.sha256, final.sha256);
}

for (const fault of faults) console.error(`demo: ${fault}`);
console.log(`demo: version ${final.version}, accuracy ${final.accuracy}, SHA-256 ${final.sha256}`);
process.exitCode = faults.length === 0 ? 0 : 1;
