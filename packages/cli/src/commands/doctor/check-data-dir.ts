import { existsSync } from 'node:fs';
import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import { byteText } from '../../words/byte-text.js';
import type { Check } from './check.js';

const GIBIBYTE = 1024 ** 3;
/** A run of a small model, with its journal, still fits. */
const LEAST_BYTES = GIBIBYTE / 10;
/** A large model, its round models and a round's updates take some gigabytes. */
const LOW_BYTES = 2 * GIBIBYTE;

/** Whether a data directory can be written, and how much room there is; it need not be there yet. */
export async function checkDataDir(path: string): Promise<readonly Check[]> {
  const where = nearestThere(path);
  return [await checkWritable(path, where), await checkSpace(where)];
}

function nearestThere(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestThere(dirname(path));
}

/** Asked of the disk itself: permissions alone tell nothing of a disk that is full or read-only. */
async function checkWritable(path: string, where: string): Promise<Check> {
  const name = 'data directory';
  try {
    const probe = await mkdtemp(join(where, '.fedops-doctor-'));
    await rm(probe, { recursive: true });
    const message = where === path ? `${path} can be written` : `${path} can be made in ${where}`;
    return { name, status: 'ok', message };
  } catch (cause) {
    return {
      name,
      status: 'fail',
      message: `${where} cannot be written: ${FedOpsError.from(cause).message}`,
      advice: 'give this user the right to write there, or name another directory (--data-dir)',
    };
  }
}

async function checkSpace(where: string): Promise<Check> {
  try {
    const { bavail, bsize } = await statfs(where);
    return judgeSpace(bavail * bsize);
  } catch (cause) {
    const message = `cannot be told: ${FedOpsError.from(cause).message}`;
    return { name: 'disk space', status: 'warn', message };
  }
}

/** Whether so many free bytes will do. Pure. */
export function judgeSpace(freeBytes: number): Check {
  const message = `${byteText(freeBytes)} free`;
  const status = freeBytes < LEAST_BYTES ? 'fail' : freeBytes < LOW_BYTES ? 'warn' : 'ok';
  const advice = 'make room: models of rounds and updates lie there while a run goes on';
  return { name: 'disk space', status, message, ...(status !== 'ok' && { advice }) };
}
