import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { Sha256 } from '@fedops/shared-types';
import { afterEach, describe, expect, it } from '@jest/globals';
import express from 'express';
import type { ParametersReader } from '../model/model-store.js';
import type { ParametersFiles } from './parameters-files.js';
import { parametersRoute } from './parameters-route.js';

const digest: Sha256 = 'a'.repeat(64);
const closing: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

interface Deferred {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
}

function deferred(): Deferred {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}

/** Sends what `files` serve to one client, which has asked and reads nothing. */
async function askedBySilentClient(files: ParametersFiles, stalledAfterMs?: number) {
  const app = express().get('/:digest', parametersRoute(files, stalledAfterMs));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const gone = deferred();
  server.once('connection', (socket) => socket.once('close', gone.resolve));
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause();
  client.on('error', () => {});
  client.write(`GET /${digest} HTTP/1.1\r\nHost: x\r\n\r\n`);
  closing.push(async () => {
    client.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { client, gone: gone.promise };
}

/** Asks for the head of what `files` serve; resolves with the status and all that came behind it. */
async function headOf(files: ParametersFiles) {
  const app = express().get('/:digest', parametersRoute(files));
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  const { port } = server.address() as AddressInfo;
  const response = await fetch(`http://127.0.0.1:${port}/${digest}`, { method: 'HEAD' });
  return { status: response.status, length: response.headers.get('Content-Length') };
}

describe('a question for the head alone', () => {
  it('is told the length, and lets go of the model', async () => {
    const released = deferred();
    const answer = await headOf({
      serve: async () => ({ kind: 'buffer', bytes: new Uint8Array(10), release: released.resolve }),
    });
    expect(answer).toEqual({ status: 200, length: '10' });
    await released.promise;
  });

  it('of a model that is too large for memory reads nothing of it', async () => {
    const closed = deferred();
    let reads = 0;
    const reader: ParametersReader = {
      byteLength: 5_000_000,
      async read() {
        reads++;
      },
      close: async () => closed.resolve(),
    };
    const answer = await headOf({ serve: async () => ({ kind: 'reader', reader }) });
    expect(answer).toEqual({ status: 200, length: '5000000' });
    await closed.promise;
    expect(reads).toBe(0);
  });
});

describe('a download', () => {
  it('that its client does not take ends, and lets go of the model', async () => {
    const released = deferred();
    const files: ParametersFiles = {
      serve: async () => ({ kind: 'buffer', bytes: new Uint8Array(30_000_000), release: released.resolve }),
    };
    const { gone } = await askedBySilentClient(files, 50);
    await Promise.all([gone, released.promise]);
  });

  it('whose client went while the model was read lets go of it', async () => {
    const [asked, read, released] = [deferred(), deferred(), deferred()];
    let releases = 0;
    const files: ParametersFiles = {
      async serve() {
        asked.resolve();
        await read.promise;
        return {
          kind: 'buffer',
          bytes: new Uint8Array(10),
          release() {
            releases++;
            released.resolve();
          },
        };
      },
    };
    const { client, gone } = await askedBySilentClient(files);
    await asked.promise;
    client.destroy();
    await gone;
    read.resolve();
    await released.promise;
    expect(releases).toBeGreaterThan(0);
  });
});
