// A manager in a process of its own, on the port that it is given or on a free one; its address is the first line that it writes.
import { silentLogger } from '@fedops/http-service';
import { createServerManager } from '@fedops/server-manager';
import { FedOpsError } from '@fedops/shared-types';

try {
  const manager = await createServerManager(
    { dataDir: process.argv[2], listen: { port: Number(process.argv[3] ?? 0) }, servers: { ports: 'any' } },
    { logger: silentLogger },
  );
  console.log(manager.url);
} catch (error) {
  process.exitCode = FedOpsError.is(error) && error.code === 'conflict' ? 9 : 1;
}
