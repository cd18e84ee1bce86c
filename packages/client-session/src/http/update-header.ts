import { FedOpsError, type UpdateHeader } from '@fedops/shared-types';

/** The protocol's limit. */
const MAX_BYTES = 8 * 1024;

/**
 * The value of `FedOps-Update`: JSON in ASCII, as headers hold nothing else.
 *
 * @throws {FedOpsError} `too-large` over 8 KiB.
 */
export function updateHeaderText(header: UpdateHeader): string {
  const text = JSON.stringify(header).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  if (text.length > MAX_BYTES) {
    throw new FedOpsError(
      'too-large',
      `metrics of the update: ${text.length} bytes as JSON, at most ${MAX_BYTES} allowed`,
    );
  }
  return text;
}
