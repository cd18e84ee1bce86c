import { PassThrough, Readable } from 'node:stream';
import { FedOpsError } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { rejectionOf } from '../../test/error-code.js';
import { type PiecesParts, piecesOf } from './body-pieces.js';
import { createPieceBuffers } from './piece-buffers.js';

/** Each chunk alone in its memory, as the HTTP parser makes them. */
function chunksOf(sizes: readonly number[]): Uint8Array[] {
  let next = 0;
  return sizes.map((size) => Uint8Array.from({ length: size }, () => next++ % 251));
}

async function gathered(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const copies: Buffer[] = [];
  for await (const piece of pieces) copies.push(Buffer.from(piece));
  return Buffer.concat(copies);
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('piecesOf', () => {
  it('gives the bytes of a body as they came, in pieces that fit the buffers', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 30 }), async (sizes) => {
        const expected = Buffer.concat(chunksOf(sizes));
        const body = Readable.from(chunksOf(sizes), { objectMode: false, highWaterMark: 64 });
        const lengths: number[] = [];
        const copies: Buffer[] = [];
        for await (const piece of piecesOf(body, { buffers: createPieceBuffers(2, 100) })) {
          lengths.push(piece.length);
          copies.push(Buffer.from(piece));
        }
        expect(Buffer.concat(copies).equals(expected)).toBe(true);
        expect(Math.max(0, ...lengths)).toBeLessThanOrEqual(100);
        // What would have gone into one buffer is not two pieces.
        expect(lengths.slice(1).every((length, i) => length + lengths[i]! > 100)).toBe(true);
      }),
    );
  });

  it('frees a chunk at once when its bytes are in a piece, and leaves alone what shares its memory', async () => {
    const alone = Uint8Array.of(1, 2, 3);
    const shared = new Uint8Array(8).subarray(2, 5);
    const body = new PassThrough();
    const pieces = gathered(piecesOf(body));
    for (const chunk of [alone, shared]) {
      // A stream would copy what is no Buffer.
      body.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
      await turn();
    }
    body.push(null);
    expect(await pieces).toHaveLength(6);
    expect(alone.byteLength).toBe(0);
    expect(shared.byteLength).toBe(3);
  });

  it('says aborted where the connection breaks, before the first byte and behind some', async () => {
    for (const sizes of [[], [50], [250]]) {
      const body = new PassThrough();
      for (const chunk of chunksOf(sizes)) body.write(chunk);
      const error = rejectionOf(gathered(piecesOf(body, { buffers: createPieceBuffers(2, 100) })));
      await turn();
      body.destroy(new Error('reset'));
      expect((await error).code).toBe('aborted');
    }
    const gone = new PassThrough();
    gone.destroy();
    expect((await rejectionOf(gathered(piecesOf(gone)))).code).toBe('aborted');
  });

  it('reads no more of a body when its reader stops early', async () => {
    const body = Readable.from(chunksOf([90, 90, 90, 90]), { objectMode: false });
    for await (const piece of piecesOf(body, { buffers: createPieceBuffers(1, 100) })) {
      expect(piece).toHaveLength(90);
      break;
    }
    await turn();
    expect([body.isPaused(), body.readableEnded]).toEqual([true, false]);
    expect(body.listenerCount('data')).toBe(0);
  });

  it('keeps one chunk of a body for which there is no buffer, and the request reads no further', async () => {
    const buffers = createPieceBuffers(1, 100);
    const taken = buffers.tryTake(() => {})!;
    buffers.busy(taken);
    const chunks = chunksOf([60, 60, 60]);
    const expected = Buffer.concat(chunks);
    const left = [...chunks];
    // As a request reads its connection: on and on, until it is told that there is enough.
    const readOn = () => {
      while (left.length > 0 && body.push(left.shift()));
      if (left.length === 0) body.push(null);
    };
    const body = new Readable({ highWaterMark: 50, read: () => void setImmediate(readOn) });
    // The first comes with the head of the request.
    body.read(0);
    await turn();
    const pieces = gathered(piecesOf(body, { buffers }));
    await turn();
    await turn();
    expect([body.readableLength, left.length]).toEqual([60, 2]);
    buffers.giveBack(taken);
    expect((await pieces).equals(expected)).toBe(true);
  });

  it('takes a buffer from a body that waits for bytes when another body has some', async () => {
    const buffers = createPieceBuffers(1, 100);
    const slow = new PassThrough();
    slow.write(chunksOf([30])[0]);
    const slowPieces = gathered(piecesOf(slow, { buffers }));
    await turn();
    const quick = Readable.from(chunksOf([150]), { objectMode: false });
    expect(await gathered(piecesOf(quick, { buffers }))).toHaveLength(150);
    slow.end(chunksOf([40])[0]);
    expect(await slowPieces).toHaveLength(70);
  });

  it('leaves a body alone that came too slowly, also where its buffer was asked for just then', async () => {
    const buffers = createPieceBuffers(1, 100);
    const [slow, other] = [new PassThrough(), new PassThrough()];
    let tooSlow = (_error: FedOpsError) => {};
    const paceOf: PiecesParts['paceOf'] = (onTooSlow) => {
      tooSlow = onTooSlow;
      return { waits() {}, works() {}, took() {}, end() {} };
    };
    const error = rejectionOf(gathered(piecesOf(slow, { buffers, paceOf })));
    slow.write(new Uint8Array(10));
    await turn();
    const gotOther = gathered(piecesOf(other, { buffers }));
    other.end(new Uint8Array(10));
    // By then its buffer was asked for, and is to be given up two turns later.
    await new Promise<void>((resolve) => process.nextTick(resolve));
    tooSlow(new FedOpsError('deadline-exceeded', 'too slow'));
    expect((await error).code).toBe('deadline-exceeded');
    // As who answers does, so that the rest of the body is gone.
    slow.resume();
    for (let i = 0; i < 4; i++) await turn();
    expect(slow.isPaused()).toBe(false);
    expect(await gotOther).toHaveLength(10);
  });

  it('serves many bodies with few buffers, whether they are read to the end or break off', async () => {
    const buffers = createPieceBuffers(2, 100);
    const bodies = Array.from({ length: 20 }, (_, i) => {
      const body = new PassThrough();
      body.write(chunksOf([110])[0]);
      return { body, isWhole: i % 3 > 0 };
    });
    const ends = bodies.map(({ body }) => gathered(piecesOf(body, { buffers })).catch(() => 'broken'));
    await turn();
    for (const { body, isWhole } of bodies) {
      if (isWhole) body.end(chunksOf([50])[0]);
      else body.destroy();
    }
    const lengths = (await Promise.all(ends)).map((end) => (typeof end === 'string' ? end : end.length));
    expect(lengths).toEqual(bodies.map(({ isWhole }) => (isWhole ? 160 : 'broken')));
    expect(buffers.tryTake(() => {})).toBeDefined();
    expect(buffers.tryTake(() => {})).toBeDefined();
    expect(buffers.tryTake(() => {})).toBeUndefined();
  });
});
