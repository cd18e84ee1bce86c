import { FedOpsError } from '@fedops/shared-types';
import { type Digits, PIXELS } from './digits.js';
import { randomOrder } from './random-order.js';

/** Which of the equal parts of the training digits: 1 to `of`. */
export interface Part {
  readonly part: number;
  readonly of: number;
}

/** Decides which digits are held out, and who gets which; the same on every machine. */
const SPLIT_SEED = 20_260_101;
/** A fifth of the digits, which no client trains on. */
const HELD_OUT = 360;

/** The digits to measure a model with. */
export function heldOutDigits(all: Digits): Digits {
  return pick(all, randomOrder(all.count, SPLIT_SEED).subarray(0, HELD_OUT));
}

/** One client's share of the digits that are not held out. @throws {FedOpsError} `invalid-argument` for a part that is not there. */
export function trainingDigits(all: Digits, { part, of }: Part): Digits {
  if (!Number.isInteger(part) || !Number.isInteger(of) || part < 1 || part > of) {
    throw new FedOpsError(
      'invalid-argument',
      `expected a part from 1 to the number of parts, got ${part}/${of}`,
    );
  }
  const training = randomOrder(all.count, SPLIT_SEED).subarray(HELD_OUT);
  return pick(
    all,
    training.filter((_, i) => i % of === part - 1),
  );
}

function pick({ pixels, labels }: Digits, order: Uint32Array): Digits {
  const picked = new Float32Array(order.length * PIXELS);
  order.forEach((from, to) => {
    picked.set(pixels.subarray(from * PIXELS, (from + 1) * PIXELS), to * PIXELS);
  });
  return { count: order.length, pixels: picked, labels: Uint8Array.from(order, (from) => labels[from]!) };
}
