// An FL server as an operator would run it, with its data directory: journal, spool, digests and flushes are on.
// Arguments: door of the clients (http or grpc), strategy, data directory, clients, rounds, initial parameters, expected
// SHA-256; with grpc, bytes that answers under way may take. One JSON line a round.
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { silentLogger } from '@fedops/http-service';
import { decodeParameters } from '@fedops/parameters';
import { FLServer } from '@fedops/server';
import { strategyNamed } from './strategies.mjs';

const [door, strategy, dataDir, clients, rounds, initial, expected, budget] = process.argv.slice(2);
const count = Number(clients);
// Loaded where it is opened, so that it is no part of the memory of a server without it.
const doors = door === 'grpc' ? [await flowerDoor()] : [];

const server = await new FLServer(
  {
    taskId: 'bench',
    rounds: Number(rounds),
    dataDir,
    listen: { port: 0 },
    selection: { minConnected: count, minClients: count },
    clientEvaluation: { fraction: 0 },
    policy: { quorum: count },
    limits: { maxConcurrentUploads: count },
  },
  {
    strategy: tellingOf(strategyNamed(strategy)),
    initialParameters: async () => decodeParameters(await readFile(initial)),
    logger: silentLogger,
    doors,
  },
).start();
tell('listening', { url: server.url, port: new URL(server.doorUrls[0] ?? server.url).port });

const outcome = await server.finished;
tell('ended', { peakKilobytes: peakKilobytes() });
await server.close();
if (outcome.status !== 'published' || outcome.digest !== expected) {
  console.error(`expected the model ${expected}, the run ended with ${JSON.stringify(outcome)}`);
  process.exitCode = 3;
}

async function flowerDoor() {
  const { flowerDoor } = await import('@fedops/flower-door');
  return flowerDoor({ port: 0, ...(budget !== undefined && { receiveBudgetBytes: Number(budget) }) });
}

/** The strategy, telling when each round's updates are all in. */
function tellingOf(strategy) {
  return {
    ...strategy,
    plan(input) {
      tell('aggregating', { round: input.round, results: input.updates.length });
      return strategy.plan(input);
    },
  };
}

/** Time of the wall and CPU seconds of all threads of this process, at this moment. */
function tell(event, facts) {
  const { user, system } = process.cpuUsage();
  const at = performance.now() / 1_000;
  console.log(JSON.stringify({ event, at, cpu: (user + system) / 1_000_000, ...facts }));
}

function peakKilobytes() {
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
}
