import { silentLogger } from '@fedops/http-service';
import { createParameters, type Parameters } from '@fedops/parameters';
import { FLServer, type FLServerParts, type FLServerSettings, type RunningServer } from '@fedops/server';
import type { Signature } from '@fedops/shared-types';
import { fedAvg } from '@fedops/strategies';
import { type Client, logVerbosity, setLogVerbosity } from '@grpc/grpc-js';
import { afterEach } from '@jest/globals';
import { type FlowerDoorSettings, flowerDoor } from '../src/index.js';
import { connect, type FlowerClient, join } from './flower-client.js';

export const SIGNATURE: Signature = [
  { name: 'dense/kernel', shape: [2, 3], dtype: 'float32' },
  { name: 'dense/bias', shape: [3], dtype: 'float32' },
];

export const SHAPES = SIGNATURE.map(({ shape }) => shape);

export function modelOf(value: number): Parameters {
  return createParameters(
    SIGNATURE,
    SHAPES.map((shape) => new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value)),
  );
}

export interface Federation {
  readonly server: RunningServer;
  readonly doorUrl: string;
  /** A new connection with one stream on it. */
  client(names?: Readonly<Record<string, string>>): FlowerClient;
}

setLogVerbosity(logVerbosity.NONE);

const closers: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

export function closeLater<T extends Pick<Client, 'close'>>(connection: T): T {
  closers.unshift(() => connection.close());
  return connection;
}

/** A server with a door for Flower's clients, on free ports; closed after the test. */
export async function startFederation(
  settings: Partial<FLServerSettings> = {},
  parts: Partial<FLServerParts> = {},
  door: Partial<FlowerDoorSettings> = {},
): Promise<Federation> {
  const server = await new FLServer(
    { taskId: 'task', rounds: 1, listen: { port: 0 }, ...settings },
    {
      strategy: fedAvg(),
      initialParameters: modelOf(0),
      logger: silentLogger,
      doors: [flowerDoor({ port: 0, ...door })],
      ...parts,
    },
  ).start();
  closers.push(() => server.close());
  const doorUrl = server.doorUrls[0]!;
  return {
    server,
    doorUrl,
    client(names) {
      const client = join(closeLater(connect(doorUrl)), names);
      // A server that closes waits for those who have not heard how the run ended.
      closers.unshift(() => client.cancel());
      return client;
    },
  };
}

/** Resolves once the condition holds; looks again after every turn of the event loop, for at most a minute. */
export async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not so within a minute: ${condition.toString()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
