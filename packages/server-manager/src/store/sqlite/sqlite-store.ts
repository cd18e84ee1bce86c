import type { Store } from '../store.js';
import { type Database, openDatabase } from './database.js';
import { deviceRows } from './device-rows.js';
import { metricRows } from './metric-rows.js';
import { modelRows } from './model-rows.js';
import { partRows } from './part-rows.js';
import { runRows } from './run-rows.js';
import { taskRows } from './task-rows.js';

/**
 * A store in one SQLite file, which this process alone opens.
 *
 * @param path Of the file; `:memory:` for a store that is gone with the process.
 * @throws {FedOpsError} `conflict` where another process has it open; `unsupported` for a file of another program
 *   or of a newer version; `storage`.
 */
export async function openSqliteStore(path: string): Promise<Store> {
  return storeIn(await openDatabase(path));
}

/** The store in a database that is open. */
export function storeIn(database: Database): Store {
  return {
    tasks: taskRows(database),
    devices: deviceRows(database),
    runs: runRows(database),
    parts: partRows(database),
    models: modelRows(database),
    metrics: metricRows(database),
    close: () => database.close(),
  };
}
