// Fails unless the demo's report tells of a federation that learnt and of managers and clients that really spoke.
import { readFileSync } from 'node:fs';

const CALLS = ['start', 'online', 'getPort', 'trainFin', 'clientOut'];
const LOWEST_ACCURACY = 0.8;

const { rounds, calls, final } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const faults = [];

if (rounds.length !== 2) faults.push(`expected 2 rounds, got ${rounds.length}`);
if (Object.keys(calls).length < 3) faults.push(`expected 3 clients, got ${Object.keys(calls).length}`);
for (const [client, made] of Object.entries(calls)) {
  for (const call of CALLS) if (!made[call]) faults.push(`${client}: ${call} was never called`);
}
if (!(final.accuracy >= LOWEST_ACCURACY)) {
  faults.push(`expected an accuracy of ${LOWEST_ACCURACY} or more, got ${final.accuracy}`);
}
if (!/^[0-9a-f]{64}$/.test(final.sha256)) faults.push(`expected a SHA-256, got ${final.sha256}`);

for (const fault of faults) console.error(`demo: ${fault}`);
console.log(`demo: version ${final.version}, accuracy ${final.accuracy}, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
