import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskId } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { createClient, LibsqlError } from '@libsql/client';
import { A, draft, task } from '../src/store/compliance/sample-rows.js';
import { storeRequirements } from '../src/store/compliance.js';
import { openDatabase } from '../src/store/sqlite/database.js';
import { databaseError } from '../src/store/sqlite/database-error.js';
import { APPLICATION_ID, MIGRATIONS } from '../src/store/sqlite/migrations.js';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.js';
import { temporaryDirectory } from './directories.js';
import { codeOf } from './error-code.js';

describe.each([
  ['in memory', async () => ':memory:'],
  ['in a file', async () => join(await temporaryDirectory(), 'manager.db')],
])('a store %s', (_where, pathOf) => {
  it.each(storeRequirements.map(({ name, check }) => [name, check] as const))('%s', async (_name, check) => {
    const store = await openSqliteStore(await pathOf());
    await check(store);
    await store.close();
  });
});

it('has after a reopening what it had before', async () => {
  const path = join(await temporaryDirectory(), 'manager.db');
  const first = await openDatabase(path);
  await first.write({ sql: "INSERT INTO meta VALUES ('x', 7)" });
  await first.close();
  const second = await openDatabase(path);
  const rows = await second.read({ sql: "SELECT value FROM meta WHERE name = 'x'" });
  expect(rows[0]?.value).toBe(7);
  await second.close();
});

it('keeps the runs of a file from before doors for Flower, which hold no port of such a door', async () => {
  const path = join(await temporaryDirectory(), 'manager.db');
  const old = createClient({ url: `file:${path}` });
  const [firstStep = []] = MIGRATIONS;
  await old.batch(
    [...firstStep, `PRAGMA application_id = ${APPLICATION_ID}`, 'PRAGMA user_version = 1'],
    'write',
  );
  const { port, flowerPort: _none, ...body } = draft(A, 40_026);
  await old.execute({
    sql: 'INSERT INTO tasks VALUES (:id, :body)',
    args: { id: A, body: JSON.stringify(task(A)) },
  });
  await old.execute({
    sql: 'INSERT INTO runs (task_id, active, port, body) VALUES (:id, 1, :port, :body)',
    args: { id: A, port, body: JSON.stringify(body) },
  });
  old.close();

  const store = await openSqliteStore(path);
  expect(await store.runs.unfinished()).toEqual([{ ...draft(A, 40_026), runId: 'r1' }]);
  await store.close();
});

it('is for one process at a time', async () => {
  const path = join(await temporaryDirectory(), 'manager.db');
  const store = await openSqliteStore(path);
  expect(await codeOf(openSqliteStore(path))).toBe('conflict');
  await store.close();
  const again = await openSqliteStore(path);
  await again.close();
});

it('refuses the file of another program, and one that is no database', async () => {
  const directory = await temporaryDirectory();
  const other = createClient({ url: `file:${join(directory, 'other.db')}` });
  await other.execute('CREATE TABLE theirs (a)');
  other.close();
  expect(await codeOf(openSqliteStore(join(directory, 'other.db')))).toBe('unsupported');
  await writeFile(
    join(directory, 'text.db'),
    'not a database, yet long enough to look like the header of one'.repeat(40),
  );
  expect(await codeOf(openSqliteStore(join(directory, 'text.db')))).toBe('unsupported');
});

it('refuses the file of a newer version', async () => {
  const path = join(await temporaryDirectory(), 'manager.db');
  const database = await openDatabase(path);
  await database.write({ sql: 'PRAGMA user_version = 99' });
  await database.close();
  expect(await codeOf(openSqliteStore(path))).toBe('unsupported');
});

it('says that the disk is full or read-only, and goes on when it no longer is', async () => {
  const database = await openDatabase(join(await temporaryDirectory(), 'manager.db'));
  const big = { sql: "INSERT INTO meta VALUES ('big', :text)", args: { text: 'x'.repeat(1_000_000) } };
  await database.read({ sql: 'PRAGMA max_page_count = 1' });
  expect(await codeOf(database.write(big))).toBe('storage');
  await database.read({ sql: 'PRAGMA max_page_count = 100000' });
  await database.read({ sql: 'PRAGMA query_only = 1' });
  expect(await codeOf(database.write(big))).toBe('storage');
  await database.read({ sql: 'PRAGMA query_only = 0' });
  expect(await codeOf(database.write(big))).toBeUndefined();
  await database.close();
});

it('says storage where the file cannot be opened', async () => {
  expect(await codeOf(openSqliteStore(await temporaryDirectory()))).toBe('storage');
});

it('takes what SQLite says of a read-only file for storage, and names it', () => {
  const error = databaseError('database', new LibsqlError('attempt to write', 'SQLITE_READONLY'));
  expect(error).toMatchObject({
    code: 'storage',
    message: 'database: it is read-only',
    details: { system: 'SQLITE_READONLY' },
  });
});

it('lets nobody suffer for a write that fails beside theirs', async () => {
  const database = await openDatabase(':memory:');
  const insert = (name: string) =>
    database.write({ sql: 'INSERT INTO meta VALUES (:name, 1)', args: { name } });
  const results = await Promise.allSettled([insert('a'), insert('a'), insert('b')]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await database.read({ sql: 'SELECT name FROM meta' })).toHaveLength(2);
  await database.close();
});

it('keeps hands off the rows of a task whose name holds quotes', async () => {
  const store = await openSqliteStore(':memory:');
  expect(await store.models.list("x' OR '1'='1" as TaskId)).toEqual([]);
  await store.close();
});
