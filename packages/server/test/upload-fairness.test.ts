import { type ClientRequest, request } from 'node:http';
import { expect, it } from '@jest/globals';
import type { DoorClient } from './door-client.js';
import { encodedModel, registered, type StartedServer, startServer } from './federation.js';

const SLOTS = 3;
const COUNT = 30;
const update = encodedModel(1);

type Answered =
  | { readonly kind: 'goes-on'; finish(): Promise<number>; breakOff(): Promise<void> }
  | { readonly kind: 'refused'; readonly status: number; readonly retryAfterMs: number };

/** Asks to upload; resolves when the server wants the body, or with its refusal. */
function askToUpload(server: StartedServer, client: DoorClient): Promise<Answered> {
  const path = `/v1/runs/v1/rounds/1/updates/${client.clientId}`;
  return new Promise((resolve, reject) => {
    const headers = { ...client.uploadHeaders(update), Expect: '100-continue' };
    const outgoing = request(new URL(path, server.url), { method: 'PUT', agent: false, headers });
    outgoing.on('error', reject);
    const status = new Promise<number>((answered) => {
      outgoing.on('response', (response) => {
        response.resume();
        const retryAfterMs = Number(response.headers['retry-after']) * 1000;
        resolve({ kind: 'refused', status: response.statusCode ?? 0, retryAfterMs });
        answered(response.statusCode ?? 0);
      });
    });
    outgoing.on('continue', () =>
      resolve({
        kind: 'goes-on',
        finish() {
          outgoing.end(update);
          return status;
        },
        breakOff: () => broken(outgoing),
      }),
    );
    outgoing.flushHeaders();
  });
}

function broken(outgoing: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    outgoing.on('error', () => {});
    outgoing.on('close', resolve);
    outgoing.destroy();
  });
}

it('thirty clients at three slots are served in the order in which they first asked, beside one that takes all it gets', async () => {
  const server = await startServer({
    selection: { minConnected: COUNT + 1 },
    limits: { maxConcurrentUploads: SLOTS, leaseMs: 600_000 },
  });
  const names = Array.from({ length: COUNT }, (_, i) => `client-${String(i).padStart(2, '0')}`);
  const [greedy, ...clients] = await registered(server, 'greedy', ...names);
  if (greedy === undefined) throw new Error('no greedy client');
  expect((await greedy.next()).kind).toBe('fit');

  const held: Extract<Answered, { kind: 'goes-on' }>[] = [];
  /** Takes every slot that it gets, to hold it. */
  async function grab(): Promise<void> {
    for (;;) {
      const answered = await askToUpload(server, greedy as DoorClient);
      if (answered.kind === 'refused') return;
      held.push(answered);
    }
  }

  let waiting = clients;
  const served: string[] = [];
  let rounds = 0;
  while (waiting.length > 0 && rounds < COUNT) {
    rounds += 1;
    await grab();
    const going: { name: string; finish(): Promise<number> }[] = [];
    const refused: DoorClient[] = [];
    // Every other time who has waited longest asks last.
    for (const client of rounds % 2 === 1 ? waiting : waiting.toReversed()) {
      const answered = await askToUpload(server, client);
      if (answered.kind === 'goes-on') going.push({ name: client.clientId, finish: answered.finish });
      else {
        expect([answered.status, answered.retryAfterMs]).toEqual([429, 1_000]);
        refused.push(client);
      }
      await grab();
    }
    going.sort((a, b) => a.name.localeCompare(b.name));
    for (const { name, finish } of going) {
      expect(await finish()).toBe(200);
      served.push(name);
      await grab();
    }
    for (const upload of held.splice(0)) {
      await upload.breakOff();
      await grab();
    }
    waiting = refused.toSorted((a, b) => a.clientId.localeCompare(b.clientId));
    await server.clock.advance(1_000);
  }

  expect(served).toEqual(names);
  expect(rounds).toBeLessThanOrEqual(COUNT / SLOTS + 3);
}, 300_000);
