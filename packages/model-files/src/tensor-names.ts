import { FedOpsError } from '@fedops/shared-types';

/**
 * Refuses names that would be dangerous as a path, since other programs unpack such files onto a disk; halves of
 * characters, which no file can hold; and names longer than ours may be.
 *
 * @throws {FedOpsError} `invalid-argument`, naming the tensor.
 */
export function assertSafeNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (!isSafeName(name)) {
      throw new FedOpsError('invalid-argument', `model file: ${quoted(name)} is no name of a tensor`);
    }
    if (seen.has(name)) {
      throw new FedOpsError('invalid-argument', `model file: two tensors are named ${quoted(name)}`);
    }
    seen.add(name);
  }
}

/** As many characters as the name of a tensor of ours may have. */
const LONGEST_NAME = 500;

/** A name out of a file, for a message. */
export function quoted(name: string): string {
  return JSON.stringify(name.slice(0, LONGEST_NAME));
}

const HALF_CHARACTER = /\p{Surrogate}/u;

function isSafeName(name: string): boolean {
  if (name === '' || name.startsWith('/') || name.includes('\\') || name.includes('\0')) return false;
  if (name.length > LONGEST_NAME || HALF_CHARACTER.test(name)) return false;
  return !name.split('/').includes('..');
}
