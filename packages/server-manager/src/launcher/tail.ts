import { open } from 'node:fs/promises';
import { FedOpsError } from '@fedops/shared-types';

/** The last bytes of a text file, from the start of a line; empty where there is no file. */
export async function tailOf(path: string, maxBytes: number): Promise<string> {
  try {
    const file = await open(path, 'r');
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - maxBytes);
      const bytes = Buffer.alloc(size - start);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
      const text = bytes.subarray(0, bytesRead).toString('utf8');
      return start === 0 ? text : text.slice(text.indexOf('\n') + 1);
    } finally {
      await file.close();
    }
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ENOENT') return '';
    throw new FedOpsError('storage', `the log cannot be read: ${FedOpsError.from(cause).message}`, { cause });
  }
}
