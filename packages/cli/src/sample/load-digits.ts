import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { type Digits, parseDigits } from './digits.js';

/** All digits that this package brings along. @throws {FedOpsError} `storage` where the file is damaged. */
export async function loadDigits(): Promise<Digits> {
  const file = new URL('../../assets/digits.bin.gz', import.meta.url);
  return parseDigits(gunzipSync(await readFile(file)));
}
