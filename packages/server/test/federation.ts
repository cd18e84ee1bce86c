import { silentLogger } from '@fedops/http-service';
import { createParameters, decodeParameters, encodeParameters, type Parameters } from '@fedops/parameters';
import type { Signature } from '@fedops/shared-types';
import { fedAvg } from '@fedops/strategies';
import { afterEach } from '@jest/globals';
import { FLServer, type FLServerParts, type FLServerSettings, type RunningServer } from '../src/index.js';
import { ask, type DoorClient, doorClient } from './door-client.js';
import { type FakeClock, fakeClock } from './fake-clock.js';

export const SIGNATURE: Signature = [
  { name: 'kernel', shape: [2, 3], dtype: 'float32' },
  { name: 'bias', shape: [3], dtype: 'float32' },
];

/** A model of the signature, all of its elements the same. */
export function modelOf(value: number, signature: Signature = SIGNATURE): Parameters {
  return createParameters(
    signature,
    signature.map(({ shape }) => new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(value)),
  );
}

export function encodedModel(value: number, signature: Signature = SIGNATURE): Buffer {
  return Buffer.from(encodeParameters(modelOf(value, signature)));
}

export interface StartedServer extends RunningServer {
  readonly clock: FakeClock;
  client(clientId: string): DoorClient;
}

const running: StartedServer[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) await closeNow(server);
});

/** A server on a free port, whose time stands still unless the test moves it; closed after the test. */
export async function startServer(
  settings: Partial<FLServerSettings> = {},
  parts: Partial<FLServerParts> = {},
): Promise<StartedServer> {
  const clock = fakeClock();
  const { listen, ...others } = settings;
  const server = await new FLServer(
    { taskId: 'task', rounds: 1, listen: { port: 0, ...listen }, ...others },
    { strategy: fedAvg(), initialParameters: modelOf(0), logger: silentLogger, clock, ...parts },
  ).start();
  const started = { ...server, clock, client: (clientId: string) => doorClient(server.url, clientId) };
  running.push(started);
  return started;
}

/** Closes a server whose clients may never come back to hear of it. */
export async function closeNow(server: StartedServer): Promise<void> {
  const closing = server.close();
  await server.clock.advance(25_000);
  await closing;
}

/** Registered clients, in the order of their names. */
export async function registered(server: StartedServer, ...names: readonly string[]): Promise<DoorClient[]> {
  const clients = names.map((name) => server.client(name));
  for (const client of clients) {
    const { status, bytes } = await client.register();
    if (status !== 201) throw new Error(`registration: ${status} ${bytes.toString()}`);
  }
  return clients;
}

export interface GoodBehaviour {
  /** What the client adds to every element in a fit. */
  readonly step?: number;
  readonly numExamples?: number;
  readonly metrics?: Readonly<Record<string, number>>;
}

/** Takes part as a good client does until the run ends; returns the last instruction. */
export async function takePart(
  server: StartedServer,
  client: DoorClient,
  { step = 1, numExamples = 1, metrics = { loss: 0.5 } }: GoodBehaviour = {},
) {
  for (;;) {
    const instruction = await client.next();
    switch (instruction.kind) {
      case 'fit': {
        const { bytes } = await ask(server.url, `/v1/parameters/${instruction.parameters.digest}`, {
          headers: { Authorization: `Bearer ${client.token()}` },
        });
        const { signature, tensors } = decodeParameters(bytes);
        const trained = tensors.map((tensor) => (tensor as Float32Array).map((value) => value + step));
        const update = encodeParameters(createParameters(signature, trained));
        await client.upload(update, { round: instruction.round, numExamples, metrics });
        break;
      }
      case 'evaluate':
        await client.evaluation({ loss: 0.25, numExamples, metrics: { accuracy: 0.75 } }, instruction.round);
        break;
      case 'finish':
      case 'fail':
        return instruction;
    }
  }
}

/** Resolves once the condition holds; looks again after every turn of the event loop, for at most a minute. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`not so within a minute: ${condition.toString()}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
