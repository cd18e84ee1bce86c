import { FedOpsError } from '@fedops/shared-types';
import { type Client, createClient, type InStatement, type Row } from '@libsql/client';
import { databaseError } from './database-error.js';
import { APPLICATION_ID, MIGRATIONS } from './migrations.js';

export type Value = string | number | null;

export interface Statement {
  readonly sql: string;
  readonly args?: Record<string, Value>;
}

/** One SQLite file, held by this process alone. */
export interface Database {
  read(statement: Statement): Promise<readonly Row[]>;
  /**
   * Runs the statements as one transaction and resolves when it is durable; writes that come at the same time
   * share a flush.
   *
   * @returns The rows that each statement returned.
   * @throws {FedOpsError} `conflict` for a broken constraint, `storage`.
   */
  write(...statements: readonly Statement[]): Promise<readonly (readonly Row[])[]>;
  close(): Promise<void>;
}

interface Waiting {
  readonly statements: readonly Statement[];
  readonly resolve: (rows: readonly (readonly Row[])[]) => void;
  readonly reject: (error: FedOpsError) => void;
}

/** Statements of one flush: what comes together beyond that waits for the next, so that requests are heard in between. */
const MOST_IN_A_FLUSH = 2_000;

/**
 * @param path Of the file; `:memory:` for one that is gone with the process.
 * @throws {FedOpsError} `conflict` where another process has it open; `unsupported` for a file of another program
 *   or of a newer version; `storage`.
 */
export async function openDatabase(path: string): Promise<Database> {
  let client: Client | undefined;
  try {
    client = createClient({ url: path === ':memory:' ? path : `file:${path}`, intMode: 'number' });
    await take(client);
    await migrate(client);
    return databaseOf(client);
  } catch (error) {
    client?.close();
    throw databaseError(`database ${path}`, error);
  }
}

function databaseOf(client: Client): Database {
  let waiting: Waiting[] = [];
  let flushing: Promise<void> | undefined;

  async function flushAll(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const now = upTo(MOST_IN_A_FLUSH, waiting);
      waiting = waiting.slice(now.length);
      await flush(client, now);
      await new Promise((resolve) => setImmediate(resolve));
    }
    flushing = undefined;
  }

  return {
    async read({ sql, args = {} }) {
      try {
        return (await client.execute({ sql, args })).rows;
      } catch (error) {
        throw databaseError('reading the database', error);
      }
    },
    write: (...statements) =>
      new Promise((resolve, reject) => {
        waiting.push({ statements, resolve, reject });
        flushing ??= flushAll();
      }),
    async close() {
      await flushing;
      await release(client);
    },
  };
}

/** The pragmas hold on the client's connection, which is one for as long as no interactive transaction is begun. */
async function take(client: Client): Promise<void> {
  for (const setting of [
    'locking_mode = EXCLUSIVE',
    'journal_mode = WAL',
    'synchronous = FULL',
    'foreign_keys = ON',
  ]) {
    await client.execute(`PRAGMA ${setting}`);
  }
}

/** A closed connection keeps its lock until its statements are collected, so the lock goes first, and WAL before it. */
async function release(client: Client): Promise<void> {
  try {
    await client.execute('PRAGMA journal_mode = DELETE');
    await client.execute('PRAGMA locking_mode = NORMAL');
    await client.execute('SELECT 1 FROM meta LIMIT 1');
  } catch {
    // The disk is full or gone; what was acknowledged is in the log, and the end of the process frees the lock.
  }
  client.close();
}

function upTo(most: number, waiting: readonly Waiting[]): readonly Waiting[] {
  let statements = 0;
  for (const [i, one] of waiting.entries()) {
    statements += one.statements.length;
    if (statements > most && i > 0) return waiting.slice(0, i);
  }
  return waiting;
}

/** One transaction for all; where that fails, one for each, so that nobody suffers for another's statement. */
async function flush(client: Client, writes: readonly Waiting[]): Promise<void> {
  try {
    const rows = await run(
      client,
      writes.flatMap(({ statements }) => statements),
    );
    let next = 0;
    for (const { statements, resolve } of writes) {
      resolve(rows.slice(next, next + statements.length));
      next += statements.length;
    }
  } catch (error) {
    const [only, ...others] = writes;
    if (others.length === 0) only?.reject(databaseError('writing the database', error));
    else for (const write of writes) await flush(client, [write]);
  }
}

async function run(client: Client, statements: readonly Statement[]): Promise<readonly (readonly Row[])[]> {
  const batch: InStatement[] = statements.map(({ sql, args = {} }) => ({ sql, args }));
  return (await client.batch(batch, 'write')).map(({ rows }) => rows);
}

async function migrate(client: Client): Promise<void> {
  const application = await pragma(client, 'application_id');
  const version = await pragma(client, 'user_version');
  const { rows } = await client.execute('SELECT 1 FROM sqlite_schema LIMIT 1');
  if (application !== APPLICATION_ID && (rows.length > 0 || application !== 0)) {
    throw new FedOpsError(
      'unsupported',
      'expected a database of the FedOps server manager; this is another one',
    );
  }
  if (version > MIGRATIONS.length) {
    throw new FedOpsError(
      'unsupported',
      `expected a database of version ${MIGRATIONS.length} or before, got ${version}: a newer server manager made it`,
    );
  }
  for (const [i, step] of MIGRATIONS.entries()) {
    if (i < version) continue;
    await client.batch(
      [...step, `PRAGMA application_id = ${APPLICATION_ID}`, `PRAGMA user_version = ${i + 1}`],
      'write',
    );
  }
}

async function pragma(client: Client, name: string): Promise<number> {
  return Number((await client.execute(`PRAGMA ${name}`)).rows[0]?.[name] ?? 0);
}
