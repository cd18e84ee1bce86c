// node .ci/check-demo-report.mjs REPORT VERSION [SAME]
// Fails unless the report tells of two runs that learnt, of which the second published VERSION from the first one's model,
// whose devices and managers really spoke, in whose second run a client was killed and a device joined, and whose models
// are those of the report SAME, where one is given.
import { readFileSync } from 'node:fs';

const CLIENTS = 3;
const ROUNDS = 2;
const OF_EACH = ['register', 'heartbeat', 'online', 'start'];
const OF_THOSE_LEFT = ['trainFin', 'clientOut'];
const LOWEST_ACCURACY = 0.9;

const [path, lastVersion, otherPath] = process.argv.slice(2);
const { runs, rounds, calls, killed, joined, final } = JSON.parse(readFileSync(path, 'utf8'));
const faults = [];

function expect(what, expected, actual, holds = actual === expected) {
  if (!holds) faults.push(`${what}: expected ${expected}, got ${actual}`);
}

const isDigest = (text) => /^[0-9a-f]{64}$/.test(text);
const versions = (of) => of.map(({ baseVersion, version }) => `V${baseVersion} to V${version}`).join(', ');
const models = (of) => of.map(({ version, sha256 }) => `V${version} ${sha256}`).join(', ');
const roundsOf = ({ runId }) => rounds.filter((round) => round.runId === runId);

const last = Number(lastVersion);
expect('runs', `V${last - 2} to V${last - 1}, V${last - 1} to V${last}`, versions(runs));
for (const run of runs) {
  expect(`rounds of ${run.runId}`, ROUNDS, roundsOf(run).length);
  expect(`SHA-256 of V${run.version}`, '64 digits', run.sha256, isDigest(run.sha256));
}
expect('final model', models(runs.slice(-1)), models([final]));
expect('accuracy', `${LOWEST_ACCURACY} or more`, final.accuracy, final.accuracy >= LOWEST_ACCURACY);

const [whole, broken] = runs.map(roundsOf);
for (const { round, participants, failures } of whole) {
  expect(`clients in round ${round} of the first run`, CLIENTS, participants.length);
  expect(`failures in round ${round} of the first run`, 0, failures.length);
}
const [hit, after] = broken;
const failed = hit.failures.map(({ clientId, work, code }) => `${clientId} ${work} ${code}`).join(', ');
expect('run in which a client was killed', runs[1].runId, killed?.runId);
expect('failures in the round in which it was', `${killed?.clientId} fit unavailable`, failed);
expect('clients in that round', CLIENTS - 1, hit.participants.length);
expect('its part of the run', 'train-failed', runs[1].parts[killed?.clientId]?.state);
expect('round in which another joined', after.round, joined?.fromRound);
expect('clients in that round', CLIENTS, after.participants.length);
expect('its part of the run', 'train-finished', runs[1].parts[joined?.clientId]?.state);

expect('devices', CLIENTS + 1, Object.keys(calls).length);
for (const [client, made] of Object.entries(calls)) {
  const expected = client === killed?.clientId ? OF_EACH : [...OF_EACH, ...OF_THOSE_LEFT];
  for (const call of expected)
    expect(`${client}, calls of ${call}`, 'one or more', made[call], made[call] >= 1);
}
if (otherPath !== undefined) {
  expect('models of the same runs', models(JSON.parse(readFileSync(otherPath, 'utf8')).runs), models(runs));
}

for (const fault of faults) console.error(`demo: ${fault}`);
console.log(`demo: version ${final.version}, accuracy ${final.accuracy}, SHA-256 ${final.sha256}`);
process.exitCode = faults.length === 0 ? 0 : 1;
