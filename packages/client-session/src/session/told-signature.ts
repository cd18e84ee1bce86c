import { canonicalSignature } from '@fedops/parameters';
import type { Signature } from '@fedops/shared-types';
import type { Trainer } from '../trainer.js';

/** Some 1,800 tensors; a registration with a longer signature would not pass an FL server's door. */
const LONGEST = 128 * 1024;

/**
 * The signature that a client tells others before it takes part; undefined where its trainer does not know, and where
 * the canonical form has more than 131,072 characters.
 */
export function toldSignature({ signature }: Trainer): Signature | undefined {
  if (signature === undefined || canonicalSignature(signature).length > LONGEST) return undefined;
  return signature;
}
