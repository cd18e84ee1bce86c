// The server that thousand-rounds.mjs measures. Arguments: rounds, clients.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@fedops/http-service';
import { createParameters } from '@fedops/parameters';
import { FLServer } from '@fedops/server';
import { fedAvg } from '@fedops/strategies';

const [rounds, clients] = process.argv.slice(2).map(Number);
const MEGABYTE = 1024 ** 2;
if (globalThis.gc === undefined) throw new Error('start node with --expose-gc');

const dataDir = mkdtempSync(join(tmpdir(), 'fedops-bench-rounds-'));
process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
process.once('SIGTERM', () => process.exit());
process.once('disconnect', () => process.exit());

const server = await new FLServer(
  {
    taskId: 'bench',
    rounds,
    dataDir,
    listen: { port: 0 },
    selection: { minConnected: clients },
    policy: { quorum: clients },
  },
  {
    strategy: fedAvg(),
    initialParameters: createParameters(
      [{ name: 'w', shape: [1_000], dtype: 'float32' }],
      [new Float32Array(1_000)],
    ),
    logger: silentLogger,
  },
).start();

process.on('message', () => process.send({ event: 'measured', measure: measure() }));
process.send({ event: 'listening', url: server.url });
const { status } = await server.finished;
process.send({ event: 'finished', status });

/** What this process holds after garbage collection. */
function measure() {
  globalThis.gc();
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo();
  return {
    heapMegabytes: heapUsed / MEGABYTE,
    externalMegabytes: external / MEGABYTE,
    arrayBuffersMegabytes: arrayBuffers / MEGABYTE,
    rssMegabytes: rss / MEGABYTE,
    // One of them is the directory that is read.
    openFiles: readdirSync('/dev/fd').length - 1,
    sockets: resources.filter((kind) => kind === 'TCPSocketWrap').length,
    resources: resources.length,
  };
}
