// How many waiting clients one server holds, what each costs, how fast all are woken, and how long a round takes that
// has nothing to carry: docs/benchmarks.md, "Clients that wait".
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { digits, median } from './figures.mjs';
import { machine } from './machine.mjs';
import { ours } from './round/peers.mjs';
import { runCell } from './round/run-cell.mjs';
import { writeUpdateFiles } from './round/update-files.mjs';
import { SERVER_FLAGS } from './server-flags.mjs';

const { values: options } = parseArgs({
  options: {
    clients: { type: 'string', default: '10000' },
    helpers: { type: 'string', default: '5' },
    'hold-seconds': { type: 'string', default: '30' },
    python: { type: 'string', default: 'python3' },
    json: { type: 'string' },
  },
});
/** All are woken within this, or they are lost. */
const WAKE_WITHIN_MS = 30_000;
const MAX_EACH_KILOBYTES = 16;
const MAX_WAKE_SECONDS = 3;
const MAX_EMPTY_ROUND_MS = 20;

const clients = Number(options.clients);
const children = [];
let held;
try {
  held = await holdClients();
} finally {
  for (const child of children) child.kill();
}
const emptyRound = await emptyRounds();
const result = { machine: machine(), ...held, emptyRound };
console.log(
  `${held.clients} clients held for ${held.heldSeconds} s, ${held.lost} lost; ` +
    `${digits(held.kilobytesEach, 3)} kB each; all woken within ${digits(held.wakeSeconds, 3)} s`,
);
console.log(
  `a round of 10 clients and 10 numbers: median ${digits(emptyRound.medianMs, 3)} ms of ${emptyRound.rounds}`,
);
if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(result, null, 2)}\n`);
const isWithin =
  held.lost === 0 &&
  held.kilobytesEach <= MAX_EACH_KILOBYTES &&
  held.wakeSeconds <= MAX_WAKE_SECONDS &&
  emptyRound.medianMs <= MAX_EMPTY_ROUND_MS;
if (!isWithin) process.exitCode = 1;

async function holdClients() {
  const server = start('clients/holding-server.mjs', [clients + 1], [...SERVER_FLAGS, '--expose-gc']);
  const [{ port }] = await once(server, 'message');
  const before = await ask(server);
  const share = Math.ceil(clients / Number(options.helpers));
  const helpers = [];
  for (let first = 0; first < clients; first += share) {
    const address = `127.0.0.${2 + helpers.length}`;
    helpers.push(start('clients/held-clients.mjs', [port, address, first, Math.min(share, clients - first)]));
  }
  await Promise.all(helpers.map((helper) => once(helper, 'message')));
  await wait(Number(options['hold-seconds']) * 1_000);
  const after = await ask(server);

  const startedAt = Date.now();
  const trigger = start('clients/held-clients.mjs', [port, '127.0.0.1', clients, 1]);
  await once(trigger, 'message');
  let answers;
  do {
    answers = await Promise.all(helpers.map(ask));
  } while (
    sum(answers, 'woken') < clients &&
    Date.now() - startedAt < WAKE_WITHIN_MS &&
    (await wait(100, true))
  );
  return {
    clients,
    heldSeconds: Number(options['hold-seconds']),
    pollsRepeated: sum(answers, 'empty'),
    lost: clients - sum(answers, 'woken'),
    kilobytesEach: (after.bytes - before.bytes) / clients / 1_000,
    // From the start of the process that brings the last client.
    wakeSeconds: (Math.max(...answers.map(({ lastAt }) => lastAt)) - startedAt) / 1_000,
  };
}

/** Rounds whose model is ten numbers: what the protocol, the journal and the flushes cost by themselves. */
async function emptyRounds() {
  const temporary = mkdtempSync(join(tmpdir(), 'fedops-bench-'));
  try {
    const updates = writeUpdateFiles(temporary, 10);
    const peer = ours({ nodeArguments: [], interpreter: options.python });
    const { rounds } = await runCell(
      peer,
      { clients: 10, parameters: 10 },
      { rounds: 301, updates, temporary, withinS: 120 },
    );
    return { rounds: rounds.length, medianMs: median(rounds.map(({ wall }) => wall)) * 1_000 };
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function start(program, args, execArgv = []) {
  const path = fileURLToPath(new URL(program, import.meta.url));
  const child = fork(path, args.map(String), { execArgv });
  children.push(child);
  child.once('exit', (code) => {
    if (code !== null && code !== 0) throw new Error(`${program} ended with ${code}`);
  });
  return child;
}

async function ask(child) {
  const answered = once(child, 'message');
  child.send('how is it');
  const [answer] = await answered;
  return answer;
}

function sum(answers, field) {
  return answers.reduce((total, answer) => total + answer[field], 0);
}
