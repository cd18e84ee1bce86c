import { silentLogger } from '@fedops/http-service';
import type { ClientDesk } from '@fedops/server';
import { type ClientId, FedOpsError, type RegistrationAnswer } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import type { FlowerStream } from './flower-stream.js';
import { createReception } from './reception.js';

const PHONE = 'phone' as ClientId;

/** A desk that has nothing to do, and lets everybody in at once: as it is when the lease of the one before is over. */
function idleDesk() {
  const tokens = new Map<ClientId, string>();
  const left: ClientId[] = [];
  let given = 0;
  const desk: Pick<ClientDesk, 'register' | 'authenticate' | 'nextInstruction' | 'leave'> = {
    register({ clientId }) {
      const token = `token ${++given}`;
      tokens.set(clientId as ClientId, token);
      return { clientId, token, leaseMs: 15_000, nextVersion: 1 } as RegistrationAnswer;
    },
    authenticate(token) {
      for (const [client, held] of tokens) if (held === token) return client;
      throw new FedOpsError('unauthenticated', 'an unknown token');
    },
    nextInstruction: (_client, _waitMs, over) =>
      new Promise((_resolve, reject) => {
        over.addEventListener('abort', () => reject(over.reason), { once: true });
      }),
    leave: (client) => void left.push(client),
  };
  return { desk: desk as ClientDesk, left };
}

interface OpenStream extends FlowerStream {
  breaks(): void;
}

function streamOf(claimedId: string): OpenStream {
  const ending = new AbortController();
  const end = () => ending.abort(new FedOpsError('unavailable', 'the stream is over'));
  return {
    peer: '127.0.0.1',
    claimedId,
    over: ending.signal,
    send: async () => undefined,
    receive: () => new Promise(() => undefined),
    abort: end,
    end,
    breaks: end,
  };
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

test('the end of an old stream leaves the seat to the client that has come back', async () => {
  const { desk, left } = idleDesk();
  const clock = { now: () => 0, after: () => ({ cancel: () => undefined }) };
  const unused = {} as never;
  const reception = createReception(
    { desk, clock, logger: silentLogger, delivery: unused, messages: unused },
    { taskId: 'task' as never, sendMs: 1_000, maxClients: 10 },
  );
  const [old, current] = [streamOf(PHONE), streamOf(PHONE)];
  reception.serve(old);
  reception.serve(current);

  old.breaks();
  await soon();
  expect(left).toEqual([]);

  current.breaks();
  await soon();
  expect(left).toEqual([PHONE]);
});
