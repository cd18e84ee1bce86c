import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { codeThrownBy } from '../../test/error-code.js';
import { frameOf, JOURNAL_HEADER_BYTES, journalHeader, readFrames } from './journal-frame.js';

const records = fc.array(fc.record({ kind: fc.string(), value: fc.jsonValue({ maxDepth: 2 }) }), {
  maxLength: 8,
});

const batches = fc.integer({ min: 1, max: 4 });
const flips = fc.integer({ min: 1, max: 255 });

/**
 * A journal's bytes, where each of its records ends, and how many bytes were durable when the last were written.
 *
 * @param batch So many records share a write.
 */
function journalOf(records: readonly unknown[], batch = 1) {
  let durable = JOURNAL_HEADER_BYTES;
  const frames: Uint8Array[] = [];
  const ends: number[] = [];
  let end = JOURNAL_HEADER_BYTES;
  for (const [i, record] of records.entries()) {
    if (i % batch === 0) durable = end;
    frames.push(frameOf(record, durable));
    end += frames.at(-1)!.length;
    ends.push(end);
  }
  return { bytes: Buffer.concat([journalHeader(), ...frames]), ends, durable };
}

/** As they come back: JSON knows no −0. */
function asRead(records: readonly unknown[]): unknown {
  return JSON.parse(JSON.stringify(records));
}

describe('a journal', () => {
  it('gives back what was put in', () => {
    fc.assert(
      fc.property(records, (written) => {
        const { bytes } = journalOf(written);
        expect(readFrames(bytes)).toEqual({ records: asRead(written), byteLength: bytes.length });
      }),
    );
  });

  it('that is cut off anywhere gives every record before the cut, whole, and no other', () => {
    fc.assert(
      fc.property(records, fc.nat(), (written, at) => {
        const { bytes, ends } = journalOf(written);
        const cut = at % (bytes.length + 1);
        const whole = ends.filter((end) => end <= cut).length;
        const { records, byteLength } = readFrames(bytes.subarray(0, cut));
        expect(records).toEqual(asRead(written.slice(0, whole)));
        expect(byteLength).toBe(cut < JOURNAL_HEADER_BYTES ? 0 : (ends[whole - 1] ?? JOURNAL_HEADER_BYTES));
      }),
    );
  });

  it('with a damaged byte in its last write gives every record before the damage, and none from there on', () => {
    fc.assert(
      fc.property(records, batches, fc.nat(), flips, (written, batch, at, flip) => {
        fc.pre(written.length > 0);
        const { bytes, ends, durable } = journalOf(written, batch);
        const damaged = durable + (at % (bytes.length - durable));
        bytes.writeUInt8(bytes.readUInt8(damaged) ^ flip, damaged);
        const whole = ends.filter((end) => end <= damaged).length;
        expect(readFrames(bytes).records).toEqual(asRead(written.slice(0, whole)));
      }),
    );
  });

  it('with a damaged byte in an earlier write is refused: what it held was acknowledged', () => {
    fc.assert(
      fc.property(records, batches, fc.nat(), flips, (written, batch, at, flip) => {
        const { bytes, durable } = journalOf(written, batch);
        fc.pre(durable > JOURNAL_HEADER_BYTES);
        const damaged = JOURNAL_HEADER_BYTES + (at % (durable - JOURNAL_HEADER_BYTES));
        bytes.writeUInt8(bytes.readUInt8(damaged) ^ flip, damaged);
        expect(codeThrownBy(() => readFrames(bytes))).toBe('storage');
      }),
    );
  });

  it('whose last write lies there in part gives what came before it, however the parts lie', () => {
    fc.assert(
      fc.property(records, batches, fc.nat(), fc.nat(), (written, batch, from, length) => {
        fc.pre(written.length > 0);
        const { bytes, ends, durable } = journalOf(written, batch);
        const start = durable + (from % (bytes.length - durable));
        bytes.fill(0, start, Math.min(bytes.length, start + 1 + length));
        const before = ends.filter((end) => end <= durable).length;
        expect(readFrames(bytes).records.slice(0, before)).toEqual(asRead(written.slice(0, before)));
      }),
    );
  });

  it('that has grown by zeros, as after a loss of power, gives what is in front of them', () => {
    fc.assert(
      fc.property(records, fc.integer({ min: 1, max: 100 }), (written, zeros) => {
        const { bytes } = journalOf(written);
        const grown = Buffer.concat([bytes, Buffer.alloc(zeros)]);
        expect(readFrames(grown)).toEqual({ records: asRead(written), byteLength: bytes.length });
      }),
    );
  });
});

describe('a journal that a loss of power left without a whole header', () => {
  it('is empty, whatever is missing', () => {
    fc.assert(
      fc.property(fc.nat(JOURNAL_HEADER_BYTES), fc.nat(JOURNAL_HEADER_BYTES), (length, written) => {
        fc.pre(Math.min(length, written) < JOURNAL_HEADER_BYTES - 7);
        const torn = Buffer.from(journalHeader()).fill(0, Math.min(length, written)).subarray(0, length);
        expect(readFrames(torn)).toEqual({ records: [], byteLength: 0 });
      }),
    );
  });
});

describe('a file that is no journal of ours', () => {
  it('is refused where it begins otherwise', () => {
    const bytes = Buffer.from(journalHeader());
    bytes.write('NOTOURS!');
    expect(codeThrownBy(() => readFrames(bytes))).toBe('storage');
  });

  it('is refused where it has another version', () => {
    const bytes = Buffer.from(journalHeader());
    for (const version of [1, 3]) {
      bytes.writeUInt32LE(version, 8);
      expect(codeThrownBy(() => readFrames(bytes))).toBe('unsupported');
    }
  });

  it('is refused where it is short, too', () => {
    expect(codeThrownBy(() => readFrames(Buffer.from('hello')))).toBe('storage');
  });
});

it('begins with the bytes that every version will know', () => {
  expect(Buffer.from(journalHeader()).toString('hex')).toBe('464f4a4f55524e4c0200000000000000');
  expect(Buffer.from(frameOf({ kind: 'x' }, 16)).toString('hex')).toBe(
    '0c000000a5204e7f10000000000000007b226b696e64223a2278227d',
  );
});
