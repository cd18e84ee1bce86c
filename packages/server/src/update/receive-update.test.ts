import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { createParameters, encodeParameters } from '@fedops/parameters';
import { type ClientId, FedOpsError, type Signature } from '@fedops/shared-types';
import { afterEach, describe, expect, it } from '@jest/globals';
import { bytesBelow, freshDirectory } from '../../test/directories.js';
import { rejectionOf } from '../../test/error-code.js';
import { systemClock } from '../clock.js';
import type { FileSystem } from '../files/file-system.js';
import { nodeFileSystem } from '../files/node-file-system.js';
import { type AnnouncedUpdate, receiveUpdate } from './receive-update.js';
import { openSpool, type Spool } from './spool.js';

const signature: Signature = [{ name: 'w', shape: [1_000], dtype: 'float32' }];
const bytes = encodeParameters(createParameters(signature, [new Float32Array(1_000).fill(2)]));

function announced(changes: Partial<AnnouncedUpdate> = {}): AnnouncedUpdate {
  return {
    clientId: 'a' as ClientId,
    header: { numExamples: 3, metrics: { loss: 1 } },
    contentLength: bytes.length,
    digest: createHash('sha256').update(bytes).digest('hex'),
    body: inChunks(bytes, 999),
    ...changes,
  };
}

async function* inChunks(all: Uint8Array, size: number): AsyncIterable<Uint8Array> {
  for (let at = 0; at < all.length; at += size) yield all.subarray(at, at + size);
}

/** Half of the body, and then the end of the connection as the door tells it. */
async function* brokenOff(): AsyncIterable<Uint8Array> {
  yield bytes.subarray(0, bytes.length / 2);
  throw new FedOpsError('aborted', 'the connection ended within the body');
}

const opened: Spool[] = [];

afterEach(async () => {
  for (const spool of opened.splice(0)) await spool.close();
});

async function aSpool(files: FileSystem = nodeFileSystem) {
  const directory = join(await freshDirectory(), 'spool');
  const spool = await openSpool({ files, clock: systemClock }, directory);
  opened.push(spool);
  return { directory, spool };
}

describe('receiveUpdate', () => {
  it('takes the digest of the bytes where nobody announces one', async () => {
    const { spool } = await aSpool();
    const { received } = await receiveUpdate(spool, signature, announced({ digest: undefined }));
    expect(received.digest).toBe(announced().digest);
  });

  it('spools the bytes as they came, and tells what they are', async () => {
    const { spool } = await aSpool();
    const { received, upload } = await receiveUpdate(spool, signature, announced());
    expect(received).toEqual({
      clientId: 'a',
      numExamples: 3,
      metrics: { loss: 1 },
      digest: announced().digest,
      l2Norm: Math.sqrt(4_000),
    });
    const reader = await spool.open(await upload.keep());
    const spooled = new Uint8Array(reader.byteLength);
    await reader.read(0, spooled);
    await reader.close();
    expect(spooled).toEqual(bytes);
  });

  it.each([
    ['another digest', 'invalid-argument', announced({ digest: '0'.repeat(64) })],
    ['fewer bytes than announced', 'aborted', announced({ contentLength: bytes.length + 1 })],
    [
      'another signature',
      'shape-mismatch',
      announced({
        body: inChunks(
          encodeParameters(
            createParameters([{ name: 'v', shape: [1], dtype: 'float32' }], [new Float32Array(1)]),
          ),
          50,
        ),
      }),
    ],
    ['no body', 'aborted', announced({ body: inChunks(new Uint8Array(0), 1) })],
    ['a connection that breaks', 'aborted', announced({ body: brokenOff() })],
  ])('refuses %s with %s and leaves nothing', async (_what, code, update) => {
    const { directory, spool } = await aSpool();
    expect((await rejectionOf(receiveUpdate(spool, signature, update))).code).toBe(code);
    expect(await bytesBelow(directory)).toBe(0);
  });

  it('says storage with the system\u2019s code where the disk is full, and leaves nothing', async () => {
    let written = 0;
    const { directory, spool } = await aSpool({
      ...nodeFileSystem,
      async open(path, mode) {
        const file = await nodeFileSystem.open(path, mode);
        return {
          ...file,
          async write(chunk) {
            if (written > 2_000)
              throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
            written += chunk.length;
            await file.write(chunk);
          },
        };
      },
    });
    const error = await rejectionOf(receiveUpdate(spool, signature, announced()));
    expect([error.code, error.details]).toEqual(['storage', { system: 'ENOSPC' }]);
    expect(written).toBeGreaterThan(0);
    expect(await bytesBelow(directory)).toBe(0);
  });
});

describe('the spool', () => {
  it('uses its files again, a shorter update over a longer one too', async () => {
    const { directory, spool } = await aSpool();
    const write = async (text: string) => {
      const upload = await spool.begin();
      await upload.append(Buffer.from(text));
      return upload.keep();
    };
    const slots = [await write('a long update'), await write('another')];
    await spool.retain([slots[1]!]);
    const again = await write('short');
    expect([slots, again]).toEqual([[0, 1], 0]);
    const reader = await spool.open(again);
    expect(reader.byteLength).toBe(5);
    await reader.close();
    spool.retain([]);
    await spool.empty();
    expect(await bytesBelow(directory)).toBe(0);
  });

  it('keeps uploads under way when it is emptied', async () => {
    const { spool } = await aSpool();
    const upload = await spool.begin();
    await upload.append(Buffer.from('half'));
    spool.retain([]);
    await spool.empty();
    await upload.append(Buffer.from('whole'));
    const reader = await spool.open(await upload.keep());
    expect(reader.byteLength).toBe(9);
    await reader.close();
  });

  it('opened again keeps what it is told to, and empties what a killed server was receiving', async () => {
    const { directory, spool } = await aSpool();
    const kept = await spool.begin();
    await kept.append(Buffer.from('kept'));
    const slot = await kept.keep();
    const half = await spool.begin();
    await half.append(Buffer.from('half an update'));
    const again = await openSpool({ files: nodeFileSystem, clock: systemClock }, directory, [slot]);
    opened.push(again);
    expect(await bytesBelow(directory)).toBe(4);
    const reader = await again.open(slot);
    expect(reader.byteLength).toBe(4);
    await reader.close();
    await half.discard();
  });

  it('frees a slot once, whether it is discarded before or after it was kept', async () => {
    const { spool } = await aSpool();
    const first = await spool.begin();
    await first.discard();
    await first.discard();
    const second = await spool.begin();
    const slot = await second.keep();
    await second.discard();
    const third = await spool.begin();
    expect([slot, await third.keep()]).toEqual([0, 1]);
  });

  it('says storage where its directory cannot be', async () => {
    const place = join(await freshDirectory(), 'file');
    const file = await nodeFileSystem.open(place, 'create');
    await file.close();
    expect((await rejectionOf(openSpool({ files: nodeFileSystem, clock: systemClock }, place))).code).toBe(
      'storage',
    );
  });
});
