import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';

/** With less memory left than this the machine would begin to kill processes, and not only ours. */
const LEAST_FREE_KILOBYTES = 2 * 1024 ** 2;

/**
 * One run of one server: starts it and its clients, and returns seconds of wall and of the server's CPU for each round
 * but the first, and the server's peak memory.
 */
export async function runCell(peer, cell, { rounds, updates, temporary, withinS }) {
  const directory = mkdtempSync(join(temporary, 'fedops-bench-round-'));
  const facts = { ...cell, directory, rounds, updates };
  const started = [];
  const late = new AbortController();
  const limit = setTimeout(() => late.abort(new Error(`not done within ${withinS} s`)), withinS * 1_000);
  const watch = setInterval(() => {
    if (freeKilobytes() < LEAST_FREE_KILOBYTES) late.abort(new Error('the machine has too little memory'));
  }, 200);
  try {
    const plan = await peer.server(facts);
    const server = start(plan, started);
    const events = eventsOf(server);
    const where =
      plan.port === undefined ? await events.first('listening') : await listening(plan.port, server);
    const clients = start(peer.clients(where, facts), started);
    await Promise.race([
      Promise.all([endOf(server, 'server'), endOf(clients, 'clients')]),
      failure(late.signal),
    ]);
    return summaryOf(events.seen);
  } finally {
    clearTimeout(limit);
    clearInterval(watch);
    await Promise.all(started.map(stop));
    rmSync(directory, { recursive: true, force: true });
  }
}

function start({ command, args, env = {} }, started) {
  const child = spawn(command, args, {
    // The clients are processes of their parent: a group of their own, so that all of them can be ended.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  child.words = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    child.words = `${child.words}${text}`.slice(-2_000);
  });
  child.ended = new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(code ?? signal));
  });
  started.push(child);
  return child;
}

async function endOf(child, name) {
  const end = await child.ended;
  if (end !== 0) throw new Error(`the ${name} ended with ${end}: ${child.words}`);
}

async function stop(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
  await child.ended;
}

function eventsOf(server) {
  const seen = [];
  const waiting = [];
  createInterface(server.stdout).on('line', (line) => {
    if (!line.startsWith('{"event"')) return;
    seen.push(JSON.parse(line));
    for (const look of waiting) look();
  });
  return {
    seen,
    first: (name) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const event = seen.find(({ event }) => event === name);
          if (event !== undefined) resolve(event);
        };
        waiting.push(look);
        look();
        endOf(server, 'server').catch(reject);
      }),
  };
}

async function listening(port, server) {
  let isOver = false;
  server.ended.then(() => {
    isOver = true;
  });
  while (!isOver) {
    if (await answers(port)) return { port };
    await wait(50);
  }
  throw new Error(`the server ended before it listened: ${server.words}`);
}

function answers(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

function failure(signal) {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

function freeKilobytes() {
  return Number(/^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))[1]);
}

/** A round is taken from the moment when the updates of the one before were all in to that of its own. */
function summaryOf(events) {
  const marks = events.filter(({ event }) => event === 'aggregating');
  const rounds = marks
    .slice(1)
    .map(({ at, cpu }, i) => ({ wall: at - marks[i].at, cpu: cpu - marks[i].cpu }));
  const { peakKilobytes } = events.find(({ event }) => event === 'ended');
  return { rounds, peakMegabytes: (peakKilobytes * 1_024) / 1e6 };
}
