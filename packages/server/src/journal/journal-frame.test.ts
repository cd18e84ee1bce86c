import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { codeThrownBy } from '../../test/error-code.js';
import { frameOf, JOURNAL_HEADER_BYTES, journalHeader, readFrames } from './journal-frame.js';

const records = fc.array(fc.record({ kind: fc.string(), value: fc.jsonValue({ maxDepth: 2 }) }), {
  maxLength: 8,
});

/** A journal's bytes, and where each of its records ends. */
function journalOf(records: readonly unknown[]) {
  const frames = records.map(frameOf);
  let end = JOURNAL_HEADER_BYTES;
  const ends = frames.map((frame) => (end += frame.length));
  return { bytes: Buffer.concat([journalHeader(), ...frames]), ends };
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

  it('with a damaged byte gives every record before the damage, and none from there on', () => {
    fc.assert(
      fc.property(records, fc.nat(), fc.integer({ min: 1, max: 255 }), (written, at, flip) => {
        fc.pre(written.length > 0);
        const { bytes, ends } = journalOf(written);
        const damaged = JOURNAL_HEADER_BYTES + (at % (bytes.length - JOURNAL_HEADER_BYTES));
        bytes.writeUInt8(bytes.readUInt8(damaged) ^ flip, damaged);
        const whole = ends.filter((end) => end <= damaged).length;
        expect(readFrames(bytes).records).toEqual(asRead(written.slice(0, whole)));
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
    bytes.writeUInt32LE(2, 8);
    expect(codeThrownBy(() => readFrames(bytes))).toBe('unsupported');
  });

  it('is refused where it is short, too', () => {
    expect(codeThrownBy(() => readFrames(Buffer.from('hello')))).toBe('storage');
  });
});

it('begins with the bytes that every version will know', () => {
  expect(Buffer.from(journalHeader()).toString('hex')).toBe('464f4a4f55524e4c0100000000000000');
  expect(Buffer.from(frameOf({ kind: 'x' })).toString('hex')).toBe(
    '0c00000062d688eb7b226b696e64223a2278227d',
  );
});
