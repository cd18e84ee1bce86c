import { FedOpsError } from '@fedops/shared-types';

/** What a reader accepts. */
export interface ReadLimits {
  /** Most bytes that the contents may take in memory, after inflating; 1 GiB by default. */
  readonly maxBytes?: number;
}

const DEFAULT_MAX_BYTES = 1024 ** 3;

/** @throws {FedOpsError} `too-large` where the contents would take more than the limit. */
export function assertWithin(byteLength: number, { maxBytes = DEFAULT_MAX_BYTES }: ReadLimits): void {
  if (byteLength <= maxBytes) return;
  throw new FedOpsError(
    'too-large',
    `model file: contents of ${byteLength} bytes, at most ${maxBytes} allowed`,
  );
}
