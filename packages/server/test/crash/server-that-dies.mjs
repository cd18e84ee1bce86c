// An FL server in a process of its own that kills itself at one of its disk's operations.
import { silentLogger } from '@fedops/http-service';
import { createParameters } from '@fedops/parameters';
import { FLServer, nodeFileSystem } from '@fedops/server';
import { fedAvgM } from '@fedops/strategies';

const SIGNATURE = [{ name: 'w', shape: [300, 40], dtype: 'float32' }];

let boundaries = 0;

/** Passes the boundaries before and after an operation: at the one named, the process dies. */
async function operate(killAt, work) {
  passBoundary(killAt);
  const result = await work();
  passBoundary(killAt);
  return result;
}

function passBoundary(killAt) {
  boundaries += 1;
  if (boundaries === killAt) process.kill(process.pid, 'SIGKILL');
}

function mortalFileSystem(killAt) {
  const mortalFile = (file) => ({
    ...file,
    write: (bytes) => operate(killAt, () => file.write(bytes)),
    sync: () => operate(killAt, () => file.sync()),
    truncate: (length) => operate(killAt, () => file.truncate(length)),
  });
  return {
    ...nodeFileSystem,
    async open(path, mode) {
      if (mode === 'read') return nodeFileSystem.open(path, mode);
      return mortalFile(await operate(killAt, () => nodeFileSystem.open(path, mode)));
    },
    makeDirectory: (path) => operate(killAt, () => nodeFileSystem.makeDirectory(path)),
    rename: (from, to) => operate(killAt, () => nodeFileSystem.rename(from, to)),
    link: (from, to) => operate(killAt, () => nodeFileSystem.link(from, to)),
    remove: (path) => operate(killAt, () => nodeFileSystem.remove(path)),
    removeTree: (path) => operate(killAt, () => nodeFileSystem.removeTree(path)),
    syncDirectory: (path) => operate(killAt, () => nodeFileSystem.syncDirectory(path)),
  };
}

async function serve({ dataDir, port, killAt }) {
  const server = await new FLServer(
    {
      taskId: 'crash',
      runId: 'run',
      rounds: 2,
      seed: 1,
      dataDir,
      listen: { port },
      selection: { minConnected: 3 },
    },
    {
      strategy: fedAvgM({ momentum: 0.5 }),
      initialParameters: createParameters(SIGNATURE, [new Float32Array(12_000)]),
      files: mortalFileSystem(killAt),
      logger: silentLogger,
    },
  ).start();
  process.send({ kind: 'listening' });
  const outcome = await server.finished;
  if (outcome.status !== 'published') throw outcome.error;
  process.send({ kind: 'published', version: outcome.version, digest: outcome.digest });
  await server.close();
  process.send({ kind: 'closed', boundaries });
  process.disconnect();
}

process.once('message', (order) => {
  serve(order).catch((error) => {
    process.send({ kind: 'failed', message: String(error?.stack ?? error) });
    process.exitCode = 1;
    process.disconnect();
  });
});
process.send({ kind: 'ready' });
