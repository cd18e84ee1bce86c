import type { FedOpsError } from '@fedops/shared-types';
import type { TextOutput } from '../context.js';
import type { OutputFormat } from './output.js';
import { printable } from './printable.js';

/** Says on standard error with what a command ended: `fedops: code: message`, or the error body as JSON. */
export function reportError(error: FedOpsError, format: OutputFormat, stderr: TextOutput): void {
  const { code, message, details } = error;
  if (format === 'json') stderr.write(`${JSON.stringify({ code, message, details })}\n`);
  else stderr.write(`fedops: ${code}: ${message.split('\n').map(printable).join('\n  ')}\n`);
}
