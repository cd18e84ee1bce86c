// The server that upload-memory.mjs measures. Arguments: elements of the model.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { silentLogger } from '@fedops/http-service';
import { FLServer } from '@fedops/server';
import { fedAvg } from '@fedops/strategies';

const elements = Number(process.argv[2]);
const dataDir = mkdtempSync(join(tmpdir(), 'fedops-bench-'));
process.once('exit', () => rmSync(dataDir, { recursive: true, force: true }));
process.once('SIGTERM', () => process.exit());
process.once('disconnect', () => process.exit());

const server = await new FLServer(
  { taskId: 'bench', rounds: 1, dataDir, listen: { port: 0 }, selection: { minConnected: 2 } },
  {
    strategy: fedAvg(),
    initialParameters: async () => ({
      signature: [{ name: 'w', shape: [elements], dtype: 'float32' }],
      tensors: [new Float32Array(elements)],
    }),
    logger: silentLogger,
  },
).start();

let highest = 0;
let sampler;

process.on('message', async ({ question, sampleEveryMs }) => {
  if (question === 'baseline') {
    await settle();
    highest = process.memoryUsage.rss();
    sampler = setInterval(() => {
      highest = Math.max(highest, process.memoryUsage.rss());
    }, sampleEveryMs);
    process.send({ bytes: highest });
    return;
  }
  clearInterval(sampler);
  process.send({ bytes: Math.max(highest, process.memoryUsage.rss()) });
});

/** What the start needed is given back before the measurement, so that the upload cannot hide in it. */
async function settle() {
  for (let i = 0; i < 3; i++) {
    globalThis.gc?.();
    await wait(100);
  }
}

process.send({ url: server.url });
