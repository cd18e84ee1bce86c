import { FedOpsError } from '@fedops/shared-types';

/**
 * Refuses names that would be dangerous as a path, since other programs unpack such files onto a disk.
 *
 * @throws {FedOpsError} `invalid-argument`, naming the tensor.
 */
export function assertSafeNames(names: readonly string[]): void {
  const seen = new Set<string>();
  for (const name of names) {
    if (!isSafeName(name)) {
      throw new FedOpsError('invalid-argument', `model file: ${JSON.stringify(name)} is no name of a tensor`);
    }
    if (seen.has(name)) {
      throw new FedOpsError('invalid-argument', `model file: two tensors are named ${JSON.stringify(name)}`);
    }
    seen.add(name);
  }
}

function isSafeName(name: string): boolean {
  if (name === '' || name.startsWith('/') || name.includes('\\') || name.includes('\0')) return false;
  return !name.split('/').includes('..');
}
