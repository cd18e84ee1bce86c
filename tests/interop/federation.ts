import { type FlowerDoorSettings, flowerDoor } from '@fedops/flower-door';
import { silentLogger } from '@fedops/http-service';
import { createParameters, type Parameters } from '@fedops/parameters';
import { FLServer, type FLServerParts, type FLServerSettings, type RunningServer } from '@fedops/server';
import type { Signature } from '@fedops/shared-types';
import { fedAvg } from '@fedops/strategies';
import { afterEach } from '@jest/globals';

export const SIGNATURE: Signature = [
  { name: 'dense/kernel', shape: [2, 3], dtype: 'float32' },
  { name: 'dense/bias', shape: [3], dtype: 'float32' },
];

const SHAPES = SIGNATURE.map(({ shape }) => shape);

export function modelOf(value: number): Parameters {
  return createParameters(
    SIGNATURE,
    SHAPES.map((shape) => new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value)),
  );
}

export interface Federation {
  readonly server: RunningServer;
  readonly doorUrl: string;
}

const servers: RunningServer[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
});

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
  servers.push(server);
  return { server, doorUrl: server.doorUrls[0]! };
}

/** Resolves once the condition holds; looks again every few milliseconds, for at most two minutes. */
export async function until(condition: () => boolean): Promise<void> {
  const end = Date.now() + 120_000;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not so within two minutes: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
