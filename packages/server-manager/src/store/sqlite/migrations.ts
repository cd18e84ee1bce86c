/** What stands in the file's header and tells it from other SQLite files: `FdOp`. */
export const APPLICATION_ID = 0x46644f70;

/**
 * Steps from an empty file to today's. The file's `user_version` says how many it has taken.
 * A step that has been released is never changed; a new one goes to the end.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    'CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY) STRICT',
    'CREATE TABLE tasks (task_id TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT',
    `CREATE TABLE devices (
       task_id TEXT NOT NULL REFERENCES tasks ON DELETE CASCADE,
       device_id TEXT NOT NULL,
       body TEXT NOT NULL,
       last_seen INTEGER NOT NULL,
       online_since INTEGER NOT NULL,
       left_at INTEGER,
       activity TEXT NOT NULL,
       PRIMARY KEY (task_id, device_id)
     ) STRICT`,
    `CREATE TABLE runs (
       run_no INTEGER PRIMARY KEY AUTOINCREMENT,
       task_id TEXT NOT NULL REFERENCES tasks ON DELETE CASCADE,
       active INTEGER NOT NULL,
       port INTEGER,
       body TEXT NOT NULL,
       view TEXT
     ) STRICT`,
    'CREATE UNIQUE INDEX one_active_run ON runs (task_id) WHERE active = 1',
    'CREATE UNIQUE INDEX one_run_a_port ON runs (port) WHERE port > 0',
    'CREATE INDEX runs_of_task ON runs (task_id, run_no)',
    `CREATE TABLE parts (
       task_id TEXT NOT NULL REFERENCES tasks ON DELETE CASCADE,
       run_id TEXT NOT NULL,
       client_id TEXT NOT NULL,
       state TEXT NOT NULL,
       body TEXT NOT NULL,
       PRIMARY KEY (task_id, run_id, client_id)
     ) STRICT`,
    `CREATE TABLE versions (
       task_id TEXT NOT NULL REFERENCES tasks ON DELETE CASCADE,
       version INTEGER NOT NULL,
       digest TEXT NOT NULL,
       body TEXT NOT NULL,
       PRIMARY KEY (task_id, version)
     ) STRICT`,
    `CREATE TABLE metrics (
       id INTEGER PRIMARY KEY AUTOINCREMENT,
       task_id TEXT NOT NULL REFERENCES tasks ON DELETE CASCADE,
       at TEXT NOT NULL,
       kind TEXT NOT NULL,
       run_id TEXT,
       client_id TEXT,
       round INTEGER,
       version INTEGER,
       body TEXT NOT NULL
     ) STRICT`,
    'CREATE INDEX metrics_of_task ON metrics (task_id, id)',
  ],
  [
    'ALTER TABLE runs ADD COLUMN flower_port INTEGER',
    'CREATE UNIQUE INDEX one_run_a_flower_port ON runs (flower_port) WHERE flower_port > 0',
  ],
];
