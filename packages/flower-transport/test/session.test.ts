import { createServer } from 'node:net';
import {
  createSession,
  type Session,
  type SessionState,
  systemClock,
  type Trainer,
} from '@fedops/client-session';
import { encodeNpy, parametersOfTensors, type ServerMessage, tensorListOf } from '@fedops/flower';
import { flowerDoor } from '@fedops/flower-door';
import { silentLogger } from '@fedops/http-service';
import { createParameters } from '@fedops/parameters';
import { FLServer } from '@fedops/server';
import { ClientIdSchema, type Signature, TaskIdSchema } from '@fedops/shared-types';
import { fedAvg } from '@fedops/strategies';
import { logVerbosity, setLogVerbosity, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, test } from '@jest/globals';
import { createFlowerTransport, type FlowerTransportOptions } from '../src/index.js';
import { startScriptedServer } from './scripted-server.js';

setLogVerbosity(logVerbosity.NONE);

const SIGNATURE: Signature = [
  { name: 'dense/kernel', shape: [2], dtype: 'float32' },
  { name: 'dense/bias', shape: [], dtype: 'float32' },
];

const model = (value: number) =>
  createParameters(SIGNATURE, [new Float32Array(2).fill(value), new Float32Array(1).fill(value)]);

const fit = (value: number, config: [string, number][] = []): ServerMessage => ({
  kind: 'fit',
  parameters: tensorListOf(model(value)),
  config: new Map(config.map(([name, number]) => [name, { kind: 'int', value: BigInt(number) }])),
});

const GOODBYE: ServerMessage = { kind: 'reconnect', seconds: 0n };

/** Adds 1 to every element, and remembers what it was given. */
function countingTrainer() {
  const seen: { round: number; seed: number; names: string[]; config: object }[] = [];
  const trainer: Trainer = {
    async fit({ parameters, round, seed, config }) {
      seen.push({ round, seed, names: parameters.signature.map(({ name }) => name), config });
      const tensors = parameters.tensors.map((tensor) => (tensor as Float32Array).map((value) => value + 1));
      return {
        parameters: createParameters(parameters.signature, tensors),
        numExamples: 7,
        metrics: { loss: 0.5 },
      };
    },
    async evaluate({ parameters }) {
      return { loss: Number(parameters.tensors[0]![0]), numExamples: 3, metrics: { accuracy: 0.75 } };
    },
  };
  return { trainer, seen };
}

const sessions: Session[] = [];

afterEach(async () => {
  for (const session of sessions.splice(0)) await session.stop('the test is over');
});

function sessionWith(
  options: FlowerTransportOptions,
  trainer: Trainer = countingTrainer().trainer,
  reconnectForMs = 20_000,
): Session {
  const taskId = TaskIdSchema.parse('task');
  const session = createSession(
    {
      transport: createFlowerTransport({ signature: SIGNATURE, ...options }),
      trainer,
      clock: systemClock,
      random: () => 0,
    },
    {
      taskId,
      identity: { clientId: ClientIdSchema.parse('gerät-7'), key: 'a key of this client' },
      reconnectForMs,
      status: () => ({
        FL_task_id: 'task',
        FL_client_num: 0,
        FL_client_mac: null,
        FL_client_online: true,
        FL_client_start: true,
        FL_client_fail: false,
        FL_server_IP: null,
        FL_next_gl_model: 1,
      }),
    },
  );
  sessions.push(session);
  return session;
}

/** Resolves with the first state of this phase. */
function phase<P extends SessionState['phase']>(
  session: Session,
  wanted: P,
  isIt: (state: Extract<SessionState, { phase: P }>) => boolean = () => true,
): Promise<Extract<SessionState, { phase: P }>> {
  return new Promise((resolve) => {
    const look = (state: SessionState) => {
      const found = state as Extract<SessionState, { phase: P }>;
      if (state.phase !== wanted || !isIt(found)) return;
      end();
      resolve(found);
    };
    const end = session.onChange(look);
    look(session.state());
  });
}

describe('a session in a Flower server', () => {
  test('fits, evaluates and ends as the server says', async () => {
    const server = await startScriptedServer();
    const { trainer, seen } = countingTrainer();
    const session = sessionWith({ address: server.address }, trainer);
    const ended = session.run();
    const stream = await server.stream();

    const update = await stream.ask(fit(1, [['local_epochs', 2]]));
    const evaluation = await stream.ask({ ...fit(4), kind: 'evaluate' } as ServerMessage);
    const goodbye = await stream.ask(GOODBYE);

    expect(update).toEqual({
      kind: 'fit',
      status: { code: 'ok', message: 'Success' },
      parameters: tensorListOf(model(2)),
      numExamples: 7n,
      metrics: new Map([['loss', { kind: 'double', value: 0.5 }]]),
    });
    expect(evaluation).toMatchObject({ kind: 'evaluation', loss: 4, numExamples: 3n });
    expect(goodbye).toEqual({ kind: 'disconnect', reason: 'reconnect' });
    expect(await ended).toMatchObject({ phase: 'finished', version: 1 });
    expect(seen).toMatchObject([
      { round: 1, names: ['dense/kernel', 'dense/bias'], config: { local_epochs: 2 } },
    ]);
  });

  test('ends with the version that it was told of, or with 1', async () => {
    for (const [told, version] of [
      [7, 7],
      [undefined, 1],
    ] as const) {
      const server = await startScriptedServer();
      const ended = sessionWith({ address: server.address, nextVersion: async () => told }).run();
      await (await server.stream()).ask(GOODBYE);

      expect(await ended).toMatchObject({ phase: 'finished', version });
    }
  });

  test('takes the round from the config, or counts', async () => {
    const server = await startScriptedServer();
    const { trainer, seen } = countingTrainer();
    void sessionWith({ address: server.address }, trainer).run();
    const stream = await server.stream();

    for (const config of [[], [], [['server_round', 9]]] as [string, number][][])
      await stream.ask(fit(1, config));

    expect(seen.map(({ round }) => round)).toEqual([1, 2, 9]);
    expect(new Set(seen.map(({ seed }) => seed)).size).toBe(3);
  });

  test('gives the trainer float32 where Python’s strategy made float64 of it', async () => {
    const server = await startScriptedServer();
    void sessionWith({ address: server.address }).run();
    const stream = await server.stream();
    const widened = [Float64Array.of(0.1, 0.2), Float64Array.of(0.3)].map((data, i) =>
      encodeNpy({ dtype: 'float64', shape: SIGNATURE[i]!.shape, bytes: new Uint8Array(data.buffer) }),
    );

    const answer = await stream.ask({ kind: 'fit', parameters: { tensors: widened }, config: new Map() });

    const { parameters } = answer as Extract<typeof answer, { kind: 'fit' }>;
    const [kernel] = parametersOfTensors(parameters, SIGNATURE).tensors;
    expect(kernel).toEqual(Float32Array.of(0.1, 0.2).map((value) => value + 1));
  });

  test('calls tensors as NumPy does where it has no signature', async () => {
    const server = await startScriptedServer();
    const { trainer, seen } = countingTrainer();
    const { signature: _, ...options } = { signature: SIGNATURE, address: server.address };
    const transport = createFlowerTransport(options);
    const session = sessionWith(options, trainer);
    await session.stop('only its settings are needed');
    const connection = await transport.connect(
      {
        protocolVersion: 1,
        taskId: TaskIdSchema.parse('t'),
        clientId: ClientIdSchema.parse('c'),
        key: 'a key of this client',
        status: {} as never,
      },
      { signal: new AbortController().signal },
    );
    (await server.stream()).say(fit(1));
    const signal = new AbortController().signal;
    const instruction = await connection.nextInstruction({ signal });
    const { parameters: ref } = instruction as Extract<typeof instruction, { kind: 'fit' }>;

    const { signature } = await connection.fetchParameters(ref, { signal });

    expect(signature.map(({ name }) => name)).toEqual(['arr_0', 'arr_1']);
    expect(seen).toEqual([]);
    await connection.leave();
  });

  test('answers questions for properties and initial parameters', async () => {
    const server = await startScriptedServer();
    void sessionWith({
      address: server.address,
      properties: { device: 'pi' },
      initialParameters: () => model(3),
    }).run();
    const stream = await server.stream();

    expect(await stream.ask({ kind: 'get-properties', config: new Map() })).toMatchObject({
      kind: 'properties',
      properties: new Map([['device', { kind: 'string', value: 'pi' }]]),
    });
    expect(await stream.ask({ kind: 'get-parameters', config: new Map() })).toMatchObject({
      status: { code: 'ok' },
      parameters: tensorListOf(model(3)),
    });
  });

  test('says so where it has no initial parameters', async () => {
    const server = await startScriptedServer();
    void sessionWith({ address: server.address }).run();

    expect(await (await server.stream()).ask({ kind: 'get-parameters', config: new Map() })).toMatchObject({
      status: { code: 'get-parameters-not-implemented' },
    });
  });

  test('tells the server what went wrong in a fit, and stays', async () => {
    const server = await startScriptedServer();
    const trainer = {
      ...countingTrainer().trainer,
      fit: () => Promise.reject(new Error('out of memory')),
    };
    void sessionWith({ address: server.address }, trainer).run();
    const stream = await server.stream();

    expect(await stream.ask(fit(1))).toMatchObject({
      status: { code: 'fit-not-implemented', message: 'internal: out of memory' },
    });
    expect(await stream.ask({ ...fit(1), kind: 'evaluate' } as ServerMessage)).toMatchObject({
      status: { code: 'ok' },
    });
  });

  test('ends, naming the tensor, where the model is another one', async () => {
    const server = await startScriptedServer();
    const session = sessionWith({ address: server.address });
    const ended = session.run();
    const stream = await server.stream();
    const [kernel] = tensorListOf(model(1)).tensors;

    const answer = await stream.ask({
      kind: 'fit',
      parameters: { tensors: [kernel!, kernel!] },
      config: new Map(),
    });

    expect(answer).toMatchObject({
      status: { code: 'fit-not-implemented', message: expect.stringMatching(/dense\/bias/) },
    });
    expect(await ended).toMatchObject({
      phase: 'failed',
      message: expect.stringMatching(/dense\/bias float32\[\]/),
    });
  });
});

describe('a server that is not there', () => {
  /** Below the ports that systems give to outgoing connections: one of those could be taken before the server starts. */
  function freePort(): Promise<number> {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    return new Promise((resolve) => {
      const holder = createServer();
      holder.once('error', () => resolve(freePort()));
      holder.listen(port, '127.0.0.1', () => holder.close(() => resolve(port)));
    });
  }

  test('is waited for when it starts late', async () => {
    const port = await freePort();
    const session = sessionWith({ address: `127.0.0.1:${port}`, connectMs: 2_000 });
    const ended = session.run();
    await phase(session, 'connecting', ({ lastError }) => lastError?.code === 'unavailable');

    const server = await startScriptedServer(port);
    await (await server.stream()).ask(GOODBYE);

    expect(await ended).toMatchObject({ phase: 'finished' });
  });

  test('ends the session in time, with the reason', async () => {
    const port = await freePort();
    const session = sessionWith({ address: `127.0.0.1:${port}`, connectMs: 100 }, undefined, 300);

    expect(await session.run()).toMatchObject({
      phase: 'failed',
      code: 'unavailable',
      message: expect.stringMatching(`no Flower server answers at 127.0.0.1:${port}`),
    });
  });

  test('a lost stream is reported as what it is, and the session comes back', async () => {
    const server = await startScriptedServer();
    const session = sessionWith({ address: server.address });
    const ended = session.run();
    const stream = await server.stream();
    await stream.ask(fit(1));
    const lost = phase(session, 'connecting', ({ reason }) => reason === 'reconnecting');

    stream.fail(status.DEADLINE_EXCEEDED, 'Timeout of 3.0sec was exceeded.');

    expect((await lost).lastError).toEqual({
      code: 'deadline-exceeded',
      message: 'the stream of the Flower server broke: DEADLINE_EXCEEDED Timeout of 3.0sec was exceeded.',
    });
    await (await server.stream()).ask(GOODBYE);
    expect(await ended).toMatchObject({ phase: 'finished' });
  });

  test('work whose stream was lost is dropped', async () => {
    const server = await startScriptedServer();
    let finishWork = () => {};
    const { trainer } = countingTrainer();
    const slow: Trainer = {
      ...trainer,
      async fit(input, context) {
        await new Promise<void>((resolve) => {
          finishWork = resolve;
        });
        return trainer.fit(input, context);
      },
    };
    const session = sessionWith({ address: server.address }, slow);
    void session.run();
    const stream = await server.stream();
    stream.say(fit(1));
    await phase(session, 'fitting');

    stream.fail(status.UNAVAILABLE, 'gone');
    await stream.ended;
    finishWork();

    expect((await phase(session, 'connecting')).lastError).toMatchObject({ code: 'unavailable' });
    await (await server.stream()).ask(GOODBYE);
  });

  test('a server that sends its clients away for a while gets them back', async () => {
    const server = await startScriptedServer();
    const session = sessionWith({ address: server.address });
    const ended = session.run();

    await (await server.stream()).ask({ kind: 'reconnect', seconds: 1n });
    await (await server.stream()).ask(GOODBYE);

    expect(await ended).toMatchObject({ phase: 'finished' });
  });

  test('a server of another kind ends the session', async () => {
    const server = await startScriptedServer();
    const session = sessionWith({ address: server.address });
    const ended = session.run();

    (await server.stream()).fail(status.UNIMPLEMENTED, 'unknown service');

    expect(await ended).toMatchObject({ phase: 'failed', code: 'unsupported' });
  });
});

test('our client in our server, by Flower’s stream', async () => {
  const server = await new FLServer(
    { taskId: 'task', rounds: 2, listen: { port: 0 } },
    {
      strategy: fedAvg(),
      initialParameters: model(0),
      logger: silentLogger,
      doors: [flowerDoor({ port: 0 })],
    },
  ).start();
  const ended = sessionWith({ address: server.doorUrls[0]! }).run();

  expect(await server.finished).toMatchObject({ status: 'published' });
  await server.close();
  expect(await ended).toMatchObject({ phase: 'finished' });
  expect(server.view().history).toMatchObject([
    { clientEvaluation: { loss: 1 } },
    { clientEvaluation: { loss: 2, metrics: { accuracy: 0.75 } } },
  ]);
  expect(server.view().clients.map(({ clientId }) => clientId)).toEqual(['gerät-7']);
});
