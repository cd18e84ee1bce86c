import { readFileSync } from 'node:fs';
import {
  encodeClientMessage,
  encodeNpy,
  parametersOfTensors,
  type Scalars,
  type ServerMessage,
} from '@fedops/flower';
import { fedAvg } from '@fedops/strategies';
import { status } from '@grpc/grpc-js';
import { describe, expect, test } from '@jest/globals';
import { flowerDoor } from '../src/index.js';
import { closeLater, modelOf, SHAPES, SIGNATURE, startFederation, until } from './federation.js';
import { connect, evaluationAnswer, type FlowerClient, fitAnswer, join, tensorsOf } from './flower-client.js';

type Work = Extract<ServerMessage, { kind: 'fit' | 'evaluate' }>;

async function work(client: FlowerClient, kind: Work['kind']): Promise<Work> {
  const message = await client.next();
  if (message.kind !== kind) throw new Error(`expected ${kind}, got ${message.kind}`);
  return message as Work;
}

/** Takes part as a good client does until the run ends. */
async function takePart(client: FlowerClient, value: number, numExamples = 1n): Promise<void> {
  for (;;) {
    const message = await client.next();
    if (message.kind === 'fit') client.say(fitAnswer(tensorsOf(value, SHAPES), { numExamples }));
    else if (message.kind === 'evaluate') client.say(evaluationAnswer(0.25, undefined, numExamples));
    else {
      client.say({ kind: 'disconnect', reason: 'reconnect' });
      client.halfClose();
      return;
    }
  }
}

const failuresOf = (server: { view(): { history: readonly { failures: readonly object[] }[] } }) =>
  server.view().history.flatMap(({ failures }) => failures);

describe('a run of Flower clients alone', () => {
  test('fits, evaluates and ends in peace', async () => {
    const federation = await startFederation({ rounds: 2, selection: { minConnected: 2 } });
    const clients = [federation.client(), federation.client()] as const;

    await Promise.all([takePart(clients[0], 1, 1n), takePart(clients[1], 4, 2n)]);
    const outcome = await federation.server.finished;
    await federation.server.close();

    expect(outcome).toMatchObject({ status: 'published', version: 1 });
    const [, last] = federation.server.view().history;
    expect(last?.clientEvaluation).toEqual({ loss: 0.25, numExamples: 3, metrics: {} });
    for (const { ended } of clients) expect((await ended).code).toBe(status.OK);
  });

  test('weighs updates by their examples and sends the mean with the next round', async () => {
    const federation = await startFederation({
      rounds: 2,
      selection: { minConnected: 2 },
      clientEvaluation: { fraction: 0 },
    });
    const [one, other] = [federation.client(), federation.client()];

    for (const client of [one, other]) await work(client, 'fit');
    one.say(fitAnswer(tensorsOf(1, SHAPES), { numExamples: 1n }));
    other.say(fitAnswer(tensorsOf(4, SHAPES), { numExamples: 2n }));
    const { parameters } = await work(one, 'fit');

    expect(parametersOfTensors(parameters, SIGNATURE)).toEqual(modelOf(3));
  });

  test('sends the strategy’s config in the types of Python, with the round', async () => {
    const strategy = fedAvg({ fitConfig: { local_epochs: 2, learning_rate: 0.5, proximal_mu: 1 } });
    const federation = await startFederation({}, { strategy }, { doubles: ['proximal_mu'] });

    const { config } = await work(federation.client(), 'fit');

    expect(Object.fromEntries(config)).toEqual({
      round: { kind: 'int', value: 1n },
      local_epochs: { kind: 'int', value: 2n },
      learning_rate: { kind: 'double', value: 0.5 },
      proximal_mu: { kind: 'double', value: 1 },
    });
  });

  test('lets the caller put the config into other terms', async () => {
    const federation = await startFederation(
      { rounds: 3 },
      { strategy: fedAvg({ fitConfig: { localEpochs: 2 } }) },
      {
        configOf: ({ kind, rounds, config }) => ({
          kind,
          num_rounds: rounds,
          local_epochs: config.localEpochs!,
        }),
      },
    );

    const { config } = await work(federation.client(), 'fit');

    expect(config.get('num_rounds')).toEqual({ kind: 'int', value: 3n });
    expect(config.get('local_epochs')).toEqual({ kind: 'int', value: 2n });
  });

  test('keeps metrics that are numbers and leaves out the others', async () => {
    const federation = await startFederation();
    const client = federation.client();
    const metrics: Scalars = new Map([
      ['accuracy', { kind: 'double', value: 0.5 }],
      ['device', { kind: 'string', value: 'pi' }],
    ]);

    await work(client, 'fit');
    client.say(fitAnswer(tensorsOf(1, SHAPES), { metrics }));
    await work(client, 'evaluate');
    client.say(evaluationAnswer(0.5, metrics));
    await federation.server.finished;

    const [round] = federation.server.view().history;
    expect(round?.fitMetrics).toEqual({ accuracy: 0.5 });
    expect(round?.clientEvaluation?.metrics).toEqual({ accuracy: 0.5 });
  });

  test('takes tensors in Fortran order', async () => {
    const federation = await startFederation({ rounds: 2, clientEvaluation: { fraction: 0 } });
    const client = federation.client();
    const elements = Float32Array.of(1, 2, 3, 4, 5, 6);
    const kernel = encodeNpy(
      { dtype: 'float32', shape: [2, 3], bytes: new Uint8Array(elements.buffer) },
      'fortran',
    );

    await work(client, 'fit');
    client.say(fitAnswer({ tensors: [kernel, tensorsOf(0, [[3]]).tensors[0]!] }));
    const { parameters } = await work(client, 'fit');

    expect(parametersOfTensors(parameters, SIGNATURE).tensors[0]).toEqual(elements);
  });
});

const LONG = 'x'.repeat(100_000);

const namedMetric = (metrics: Scalars) => encodeClientMessage(fitAnswer(tensorsOf(1, SHAPES), { metrics }));

describe('clients that do wrong', () => {
  const oneFailure = { rounds: 1, policy: { retries: 0 } };

  test('a tensor of another shape ends the stream, naming the tensor', async () => {
    const { server, ...federation } = await startFederation(oneFailure);
    const client = federation.client();

    await work(client, 'fit');
    client.say(fitAnswer(tensorsOf(1, [[2, 3], [4]])));

    expect(await client.ended).toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringMatching(/dense\/bias float32\[3\], got float32\[4\]/),
    });
    expect(await server.finished).toMatchObject({ status: 'failed' });
    expect(failuresOf(server)).toMatchObject([{ work: 'fit', code: 'shape-mismatch' }]);
  });

  test.each([
    ['garbage', Uint8Array.of(0xff, 0xff, 0xff), status.INVALID_ARGUMENT],
    ['another kind of answer', undefined, status.INVALID_ARGUMENT],
  ])('%s ends the stream and counts as a failure', async (_, bytes, code) => {
    const { server, ...federation } = await startFederation(oneFailure);
    const client = federation.client();

    await work(client, 'fit');
    if (bytes === undefined) client.say(evaluationAnswer(1));
    else client.sayBytes(bytes);

    expect((await client.ended).code).toBe(code);
    await server.finished;
    expect(failuresOf(server)).toHaveLength(1);
  });

  test.each([
    ['work that it does not implement', fitAnswerNotImplemented(), 'unsupported'],
    ['no examples', fitAnswer(tensorsOf(1, SHAPES), { numExamples: 0n }), 'invalid-argument'],
    [
      'a number of examples beyond counting',
      fitAnswer(tensorsOf(1, SHAPES), { numExamples: 2n ** 62n }),
      'invalid-argument',
    ],
    ['values that are not finite', fitAnswer(tensorsOf(Number.NaN, SHAPES)), 'invalid-argument'],
  ])('%s counts as a failure, and the client stays for the next try', async (_, answer, code) => {
    const { server, ...federation } = await startFederation({ rounds: 1, policy: { retries: 1 } });
    const client = federation.client();

    await work(client, 'fit');
    client.say(answer);
    await work(client, 'fit');
    client.say(fitAnswer(tensorsOf(1, SHAPES)));
    await work(client, 'evaluate');

    expect(failuresOf(server)).toMatchObject([{ work: 'fit', code }]);
  });

  test('a loss that is not finite counts as a failure of the evaluation', async () => {
    const { server, ...federation } = await startFederation(oneFailure);
    const client = federation.client();

    await work(client, 'fit');
    client.say(fitAnswer(tensorsOf(1, SHAPES)));
    await work(client, 'evaluate');
    client.say(evaluationAnswer(Number.POSITIVE_INFINITY));

    expect(await server.finished).toMatchObject({ status: 'published' });
    expect(failuresOf(server)).toMatchObject([{ work: 'evaluate', code: 'invalid-argument' }]);
  });

  test('a client that speaks before it is spoken to is sent away', async () => {
    const federation = await startFederation({ selection: { minConnected: 2 } });
    const client = federation.client();

    client.say(evaluationAnswer(1));

    expect((await client.ended).code).toBe(status.INVALID_ARGUMENT);
  });

  test.each([
    ['of a metric that is no number', namedMetric(new Map([[LONG, { kind: 'string', value: '' }]]))],
    ['of a metric without a value', withoutValue(LONG)],
    ['of an element type', encodeClientMessage(fitAnswer({ tensors: [npyOfType(LONG.slice(0, 9_000))] }))],
  ])('a log does not repeat all of a name %s', async (_, answer) => {
    const logged: string[] = [];
    const note = (fields: object, message: string) =>
      void logged.push(`${message} ${JSON.stringify(fields, (__, value) => value?.message ?? value)}`);
    const logger = { info: note, warn: note, error: note };
    const federation = await startFederation(oneFailure, { logger });
    const client = federation.client();

    await work(client, 'fit');
    const before = logged.length;
    client.sayBytes(answer);
    await until(() => logged.length > before);

    expect(logged.map(({ length }) => length).filter((length) => length > 4_000)).toEqual([]);
  });

  test('a status does not repeat all of a name', async () => {
    const federation = await startFederation(oneFailure);
    const client = federation.client();

    await work(client, 'fit');
    client.sayBytes(withoutValue(LONG));

    const { code, details } = await client.ended;
    expect(code).toBe(status.INVALID_ARGUMENT);
    expect(details).toMatch(/^Flower message|^scalar x/);
    expect(details.length).toBeLessThan(1_100);
  });

  test('a message larger than twice the model is refused', async () => {
    const federation = await startFederation(oneFailure, {}, { maxMessageBytes: 1_000 });
    const client = federation.client();

    await work(client, 'fit');
    client.sayBytes(new Uint8Array(1_001));

    expect((await client.ended).code).toBe(status.RESOURCE_EXHAUSTED);
  });

  test.each([
    ['breaks', (client: FlowerClient) => client.cancel()],
    ['is closed', (client: FlowerClient) => client.halfClose()],
  ])('a client whose stream %s is not waited for', async (_, leave) => {
    const { server, ...federation } = await startFederation({
      selection: { minConnected: 2 },
      policy: { quorum: 1 },
    });
    const [good, bad] = [federation.client(), federation.client()];

    await Promise.all([work(good, 'fit'), work(bad, 'fit')]);
    good.say(fitAnswer(tensorsOf(1, SHAPES)));
    leave(bad);
    await work(good, 'evaluate');
    good.say(evaluationAnswer(1));

    expect(await server.finished).toMatchObject({ status: 'published' });
    expect(failuresOf(server)).toMatchObject([{ work: 'fit', code: 'unavailable' }]);
    expect(server.view().clients.map(({ connection }) => connection)).toContain('left');
  });

  test('a client that closes its side is let go, whatever it was doing', async () => {
    const federation = await startFederation({ selection: { minConnected: 2 } });
    const [first, second] = [federation.client(), federation.client()];
    await Promise.all([work(first, 'fit'), work(second, 'fit')]);
    const idle = federation.client();
    await until(() => federation.server.view().clients.length === 3);

    first.halfClose();
    idle.halfClose();

    expect((await first.ended).code).toBe(status.UNAVAILABLE);
    expect((await idle.ended).code).toBe(status.UNAVAILABLE);
  });

  test('an answer counts, also where its client goes right after it', async () => {
    const { server, ...federation } = await startFederation({ clientEvaluation: { fraction: 0 } });
    const client = federation.client();

    await work(client, 'fit');
    client.say(fitAnswer(tensorsOf(1, SHAPES)));
    client.halfClose();

    expect(await server.finished).toMatchObject({ status: 'published' });
    expect(failuresOf(server)).toEqual([]);
  });

  test('a client that takes too long is let go as Flower does it, and the round goes on', async () => {
    const { server, ...federation } = await startFederation({
      selection: { minConnected: 2 },
      policy: { fitMs: 4_000 },
    });
    const [good, slow] = [federation.client(), federation.client()];

    await Promise.all([work(good, 'fit'), work(slow, 'fit')]);
    good.say(fitAnswer(tensorsOf(1, SHAPES)));

    expect(await slow.ended).toMatchObject({
      code: status.DEADLINE_EXCEEDED,
      details: expect.stringMatching(/^Timeout of [0-4]\.\d+sec was exceeded\.$/),
    });
    await work(good, 'evaluate');
    good.say(evaluationAnswer(1));
    expect(await server.finished).toMatchObject({ status: 'published' });
  });
});

/** An answer to a fit with a metric that has a name alone. */
function withoutValue(name: string): Uint8Array {
  const bytes = namedMetric(new Map([[name, { kind: 'bool', value: true }]]));
  // The field `bool` becomes one that no scalar has.
  const at = bytes.lastIndexOf(0x68);
  return bytes.with(at, 0x38);
}

/** An NPY file of an element type that nobody knows. */
function npyOfType(descr: string): Uint8Array {
  const header = new TextEncoder().encode(`{'descr': '${descr}', 'fortran_order': False, 'shape': ()}`);
  const magic = encodeNpy({ dtype: 'bool', shape: [], bytes: new Uint8Array(1) }).subarray(0, 8);
  return Uint8Array.of(...magic, header.length & 0xff, header.length >> 8, ...header);
}

function fitAnswerNotImplemented() {
  const status = { code: 'fit-not-implemented', message: 'Client does not implement `fit`' } as const;
  return { ...fitAnswer({ tensors: [] }), status } as ReturnType<typeof fitAnswer>;
}

describe('who is connected', () => {
  test('a client that trains for longer than its lease stays connected', async () => {
    const { server, ...federation } = await startFederation({ limits: { leaseMs: 600 } });
    const client = federation.client();
    await work(client, 'fit');
    const began = Date.now();

    await until(() => Date.now() - began > 2_000);

    expect(server.view().clients).toMatchObject([
      { connection: 'connected', activity: { kind: 'fitting', round: 1 } },
    ]);
  });

  test('names clients by the order in which they come', async () => {
    const { server, ...federation } = await startFederation({ selection: { minConnected: 9 } });
    for (let i = 1; i <= 3; i++) {
      federation.client();
      await until(() => server.view().clients.length === i);
    }

    expect(server.view().clients.map(({ clientId }) => clientId)).toEqual([
      'flower-000001',
      'flower-000002',
      'flower-000003',
    ]);
  });

  test('takes the name that a stream brings, for one client at a time', async () => {
    const { server, ...federation } = await startFederation({ selection: { minConnected: 9 } });
    federation.client({ cid: 'pi-7' });
    await until(() => server.view().clients.length === 1);

    const other = federation.client({ cid: 'pi-7' });

    expect((await other.ended).code).toBe(status.ALREADY_EXISTS);
    expect(server.view().clients.map(({ clientId }) => clientId)).toEqual(['pi-7']);
  });

  test('refuses more clients than it was told to take', async () => {
    const { server, ...federation } = await startFederation(
      { selection: { minConnected: 9 } },
      {},
      { maxClients: 1 },
    );
    federation.client();
    await until(() => server.view().clients.length === 1);

    expect((await federation.client().ended).code).toBe(status.RESOURCE_EXHAUSTED);
  });

  test('a server that closes before the run ends lets its clients know', async () => {
    const { server, ...federation } = await startFederation({ selection: { minConnected: 9 } });
    const client = federation.client();
    await until(() => server.view().clients.length === 1);

    await server.close();

    // The run ends with the server, since it has no data directory to go on from.
    expect(await client.next()).toEqual({ kind: 'reconnect', seconds: 0n });
  });
});

describe('where it listens', () => {
  test('refuses a host beyond loopback unless told that this is meant', () => {
    expect(() => flowerDoor({ host: '0.0.0.0', port: 0 })).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
    expect(() => flowerDoor({ host: '0.0.0.0', port: 0, insecure: true })).not.toThrow();
  });

  test('refuses a port that is in use, and the server does not start', async () => {
    const { doorUrl } = await startFederation();
    const port = Number(new URL(doorUrl.replace('grpc:', 'http:')).port);

    await expect(startFederation({}, {}, { port })).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('refuses a host that is none of this machine', async () => {
    const elsewhere = { host: '203.0.113.1', insecure: true };

    await expect(startFederation({}, {}, elsewhere)).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  test('refuses what is no certificate', async () => {
    await expect(startFederation({}, {}, { tls: { key: 'x', cert: 'y' } })).rejects.toMatchObject({
      code: 'invalid-argument',
    });
  });

  test('serves over TLS', async () => {
    const fixture = (name: string) =>
      readFileSync(new URL(`../../client-session/test/fixtures/tls/${name}`, import.meta.url), 'utf8');
    const { doorUrl } = await startFederation(
      {},
      {},
      { tls: { key: fixture('key.pem'), cert: fixture('certificate.pem') } },
    );

    expect(doorUrl).toMatch(/^grpcs:\/\/127\.0\.0\.1:\d+$/);
    const client = join(closeLater(connect(doorUrl, fixture('certificate.pem'))));
    await work(client, 'fit');
    client.cancel();
  });
});
