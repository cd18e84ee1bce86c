import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  FedOpsError,
  parseWith,
  RunIdSchema,
  RunSettingsSchema,
  RunViewSchema,
  Sha256Schema,
  TaskIdSchema,
} from '@fedops/shared-types';
import { z } from 'zod';

/** Format of the files below; a reader refuses every other. */
const format = { format: z.literal('fedops-launch'), formatVersion: z.literal(1) };
const FORMAT = { format: 'fedops-launch', formatVersion: 1 } as const;

/** What an FL server is to do; written by the launcher. */
export const OrderFileSchema = z.object({
  ...format,
  taskId: TaskIdSchema,
  runId: RunIdSchema,
  settings: RunSettingsSchema,
  dataDir: z.string(),
  models: z.string(),
  initialParameters: z.string(),
  listen: z.object({
    host: z.string(),
    port: z.int(),
    allowedHosts: z.array(z.string()),
    allowedOrigins: z.array(z.string()),
    insecure: z.boolean(),
  }),
  managerUrl: z.string(),
  /** URL of the module that brings further parts; null for none. */
  composition: z.string().nullable().default(null),
  /** The door for Flower's clients, and URL of the module that makes it; null for none. */
  flower: z.object({ module: z.string(), port: z.int() }).nullable().default(null),
});
export type OrderFile = z.output<typeof OrderFileSchema>;

/** The process that took the order; the first thing that it writes. */
export const ProcessFileSchema = z.object({ ...format, pid: z.int().min(1) });

/** It takes requests. */
export const ReadyFileSchema = z.object({
  ...format,
  pid: z.int().min(1),
  url: z.string(),
  port: z.int().min(1).max(65_535),
  flowerPort: z.int().min(1).max(65_535).optional(),
});

/** How its run ended; the word that counts. */
export const OutcomeFileSchema = z.object({
  ...format,
  end: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('published'), version: z.int().min(1), digest: Sha256Schema }),
    z.object({ kind: z.literal('failed'), reason: z.string(), message: z.string() }),
    z.object({ kind: z.literal('suspended'), reason: z.string(), message: z.string() }),
    z.object({ kind: z.literal('crashed'), message: z.string() }),
  ]),
  view: RunViewSchema.nullable(),
});

/** What the manager tells the FL server. */
export const ORDER_FILE = 'order.json';
export const PROCESS_FILE = 'process.json';
export const READY_FILE = 'ready.json';
export const OUTCOME_FILE = 'outcome.json';
/** What becomes the outcome of a run that stands still where there is no room for another file. */
export const SPARE_OUTCOME_FILE = 'outcome.spare.json';
/** What the FL server writes to its standard output and error. */
export const LOG_FILE = 'server.log';
/** What the log held before it was cut. */
export const EARLIER_LOG_FILE = 'server.earlier.log';

/** Writes a file whole or not at all, durably, for this user only. */
export async function writeLaunchFile(directory: string, name: string, content: object): Promise<void> {
  const temporary = join(directory, `${name}.${randomUUID()}.part`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(JSON.stringify({ ...FORMAT, ...content }));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, join(directory, name));
  } catch (error) {
    // Nobody would look for it, and on a full disk it is in the way.
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Gives a run that stands still the outcome that was written for it beforehand. */
export async function tellBySpare(directory: string): Promise<void> {
  await rename(join(directory, SPARE_OUTCOME_FILE), join(directory, OUTCOME_FILE));
}

/**
 * What a file says; undefined where it is not there.
 *
 * @throws {FedOpsError} `storage` where it cannot be read or is of another format.
 */
export async function readLaunchFile<S extends z.ZodType>(
  directory: string,
  name: string,
  schema: S,
): Promise<z.output<S> | undefined> {
  const path = join(directory, name);
  try {
    return parseWith(schema, JSON.parse(await readFile(path, 'utf8')), path, 'storage');
  } catch (cause) {
    if ((cause as { code?: unknown }).code === 'ENOENT') return undefined;
    throw new FedOpsError('storage', `${path}: ${FedOpsError.from(cause).message}`, { cause });
  }
}

/** Takes away all of the files above, and the directory where it holds nothing else. */
export async function removeLaunchFiles(directory: string): Promise<void> {
  const own = [ORDER_FILE, PROCESS_FILE, READY_FILE, OUTCOME_FILE, SPARE_OUTCOME_FILE];
  for (const name of [...own, LOG_FILE, EARLIER_LOG_FILE]) await rm(join(directory, name), { force: true });
  await rmdir(directory).catch(() => undefined);
}

/** Takes away what an earlier process for the same run wrote. */
export async function clearLaunchFiles(directory: string): Promise<void> {
  for (const name of [PROCESS_FILE, READY_FILE, OUTCOME_FILE, SPARE_OUTCOME_FILE])
    await rm(join(directory, name), { force: true });
}
