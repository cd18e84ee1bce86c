// The server that clients.mjs fills. Argument: how many clients it waits for before the first round.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { silentLogger } from '@fedops/http-service';
import { FLServer } from '@fedops/server';
import { fedAvg } from '@fedops/strategies';

const dataDir = mkdtempSync(join(tmpdir(), 'fedops-bench-'));
process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
process.once('SIGTERM', () => process.exit());
process.once('disconnect', () => process.exit());

const server = await new FLServer(
  {
    taskId: 'bench',
    rounds: 1,
    dataDir,
    listen: { port: 0 },
    selection: { minConnected: Number(process.argv[2]) },
  },
  {
    strategy: fedAvg(),
    initialParameters: async () => ({
      signature: [{ name: 'w', shape: [10], dtype: 'float32' }],
      tensors: [new Float32Array(10)],
    }),
    logger: silentLogger,
  },
).start();

process.on('message', async () => {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await wait(200);
  }
  process.send({ bytes: process.memoryUsage.rss() });
});
process.send({ port: server.port });
