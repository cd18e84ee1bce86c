import { FedOpsError } from '@fedops/shared-types';

/** Pictures of handwritten digits, 8 by 8 pixels. */
export interface Digits {
  readonly count: number;
  /** `count` times 64 values from 0 to 1. */
  readonly pixels: Float32Array;
  /** `count` times 0 to 9. */
  readonly labels: Uint8Array;
}

export const PIXELS = 64;
export const CLASSES = 10;

const MAGIC = 'FODIGITS';
const VERSION = 1;
const HEADER_BYTES = 16;
/** Pixels count from 0 to so many. */
const WHITE = 16;

/**
 * What the file of digits holds; `assets/README.md` has its layout.
 *
 * @throws {FedOpsError} `storage` for another format, or a file that is cut short.
 */
export function parseDigits(bytes: Uint8Array): Digits {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const magic = new TextDecoder('latin1').decode(bytes.subarray(0, MAGIC.length));
  if (bytes.byteLength < HEADER_BYTES || magic !== MAGIC || view.getUint32(8, true) !== VERSION) {
    throw new FedOpsError('storage', `expected a file of digits, ${MAGIC} version ${VERSION}`);
  }
  const count = view.getUint32(12, true);
  const expected = HEADER_BYTES + count * (PIXELS + 1);
  if (bytes.byteLength !== expected) {
    throw new FedOpsError('storage', `file of digits: expected ${expected} bytes, got ${bytes.byteLength}`);
  }
  const pixels = new Float32Array(count * PIXELS);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const at = HEADER_BYTES + i * (PIXELS + 1);
    for (let p = 0; p < PIXELS; p++) pixels[i * PIXELS + p] = bytes[at + p]! / WHITE;
    labels[i] = bytes[at + PIXELS]!;
  }
  return { count, pixels, labels };
}
