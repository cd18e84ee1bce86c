import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { fedAvg } from '@fedops/strategies';
import { describe, expect, test } from '@jest/globals';
import { SIGNATURE, startFederation } from './federation.js';
import { startPython } from './python-process.js';
import { MAIN_VERSION, VERSIONS } from './versions.mjs';

const tlsFile = (name: string) =>
  fileURLToPath(new URL(`../../packages/client-session/test/fixtures/tls/${name}`, import.meta.url));

const addressOf = (doorUrl: string) => doorUrl.replace(/^grpcs?:\/\//, '');

describe.each(VERSIONS)('clients of flwr %s in our rounds', (version) => {
  test.each(['start_client', 'start_numpy_client'])('%s fits, evaluates and ends in peace', async (start) => {
    const central: number[] = [];
    const { server, doorUrl } = await startFederation(
      { rounds: 2, selection: { minConnected: 2 } },
      {
        strategy: fedAvg({
          fitConfig: { local_epochs: 2, lr: 0.5, proximal_mu: 1, name: 'x', shuffle: true },
        }),
        async evaluate({ tensors }) {
          central.push(Number(tensors[0]![0]));
          return { loss: 1, numExamples: 1, metrics: {} };
        },
      },
      { doubles: ['proximal_mu'] },
    );
    const clients = [
      startPython(
        version,
        'flower_client.py',
        addressOf(doorUrl),
        '--start',
        start,
        '--step',
        '1',
        '--examples',
        '1',
      ),
      startPython(
        version,
        'flower_client.py',
        addressOf(doorUrl),
        '--start',
        start,
        '--step',
        '4',
        '--examples',
        '2',
      ),
    ];

    expect(await server.finished).toMatchObject({ status: 'published', version: 1 });
    await server.close();

    for (const client of clients) {
      expect(await client.ended).toBe(0);
      expect(client.events.map(({ event }) => event)).toEqual([
        'fit',
        'evaluate',
        'fit',
        'evaluate',
        'ended',
      ]);
      expect(client.events[0]).toMatchObject({
        config: { round: 1, local_epochs: 2, lr: 0.5, proximal_mu: 1, name: 'x', shuffle: true },
        types: {
          round: 'int',
          local_epochs: 'int',
          lr: 'float',
          proximal_mu: 'float',
          name: 'str',
          shuffle: 'bool',
        },
        shapes: SIGNATURE.map(({ shape }) => shape),
        dtypes: ['float32', 'float32'],
      });
    }
    // (1 × 1 + 2 × 4) ÷ 3, twice.
    expect(central).toEqual([3, 6]);
    expect(server.view().history).toMatchObject([
      {
        fitMetrics: { loss: 0.5, steps: 3, ok: 1 },
        failures: [],
        clientEvaluation: { loss: 3, numExamples: 3 },
      },
      { failures: [], clientEvaluation: { loss: 6, metrics: { accuracy: 0.75 } } },
    ]);
  });

  test.each(['start_client', 'start_numpy_client'])('over TLS with a CA, %s takes part', async (start) => {
    const tls = {
      key: readFileSync(tlsFile('key.pem'), 'utf8'),
      cert: readFileSync(tlsFile('certificate.pem'), 'utf8'),
    };
    const { server, doorUrl } = await startFederation({}, {}, { tls });
    const client = startPython(
      version,
      'flower_client.py',
      addressOf(doorUrl),
      '--start',
      start,
      '--root',
      tlsFile('certificate.pem'),
    );

    expect(await server.finished).toMatchObject({ status: 'published' });
    await server.close();
    expect(await client.ended).toBe(0);
  });
});

describe('clients that do wrong', () => {
  const good = (doorUrl: string) => startPython(MAIN_VERSION, 'flower_client.py', addressOf(doorUrl));
  const bad = (doorUrl: string, behave: string) =>
    startPython(MAIN_VERSION, 'flower_client.py', addressOf(doorUrl), '--behave', behave);

  test.each([
    ['vanish', 'unavailable', /closed its stream|broke/],
    ['wrong-shape', 'shape-mismatch', /dense\/bias float32\[3\], got float32\[99\]/],
    ['float64', 'shape-mismatch', /dense\/kernel float32\[2, 3\], got float64\[2, 3\]/],
    ['no-examples', 'invalid-argument', /numExamples/],
    ['nan', 'invalid-argument', /dense\/kernel/],
  ])('%s: counted as a failure, and the round goes on with the others', async (behave, code, message) => {
    const { server, doorUrl } = await startFederation({
      selection: { minConnected: 2 },
      policy: { quorum: 1 },
    });
    good(doorUrl);
    bad(doorUrl, behave);

    expect(await server.finished).toMatchObject({ status: 'published' });

    const [round] = server.view().history;
    expect(round?.participants).toHaveLength(1);
    expect(round?.failures.filter(({ work }) => work === 'fit')).toMatchObject([
      { code, message: expect.stringMatching(message) },
    ]);
  });

  test('a mismatch is told to whoever runs the client, naming the tensor', async () => {
    const { server, doorUrl } = await startFederation({ policy: { retries: 0 } });
    const client = bad(doorUrl, 'wrong-shape');

    expect((await client.told('error')).message).toMatch(/dense\/bias float32\[3\], got float32\[99\]/);
    expect(await client.ended).toBe(1);
    expect(await server.finished).toMatchObject({ status: 'failed' });
  });

  test('a slow client does not hold up the round beyond its deadline', async () => {
    const { server, doorUrl } = await startFederation({
      selection: { minConnected: 2 },
      policy: { quorum: 1, fitMs: 3_000 },
    });
    good(doorUrl);
    const slow = bad(doorUrl, 'slow');

    expect(await server.finished).toMatchObject({ status: 'published' });
    const [round] = server.view().history;
    expect(round?.participants).toHaveLength(1);
    expect((await slow.told('error')).message).toMatch(
      /DEADLINE_EXCEEDED[\s\S]*Timeout of [\d.]+sec was exceeded/,
    );
    expect(await slow.ended).toBe(1);
  });
});
