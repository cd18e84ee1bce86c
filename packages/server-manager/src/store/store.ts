import type {
  ClientPart,
  DeviceActivity,
  ManagedRun,
  MetricRow,
  ModelVersionDetail,
  RunId,
  RunView,
  Signature,
  Task,
  TaskId,
} from '@fedops/shared-types';
import type { ServerReport } from '../tasks/server-report.js';

/**
 * What the server manager keeps. A write that has resolved outlives the process.
 *
 * Every method rejects with `storage` where the store cannot be read or written; it never says that there is nothing.
 */
export interface Store {
  readonly tasks: TaskRows;
  readonly devices: DeviceRows;
  readonly runs: RunRows;
  readonly parts: PartRows;
  readonly models: ModelRows;
  readonly metrics: MetricRows;
  close(): Promise<void>;
}

/** A task with what the manager alone needs. */
export interface StoredTask extends Task {
  /** Of the initial model; null while there is none. */
  readonly signature: Signature | null;
  /** What an FL server that the manager did not start last told; null before it has. */
  readonly serverReport: ServerReport | null;
}

/** Tasks, by their id. */
export interface TaskRows {
  /** @throws {FedOpsError} `conflict` where there is such a task. */
  add(task: StoredTask): Promise<void>;
  /** @throws {FedOpsError} `not-found` */
  replace(task: StoredTask): Promise<void>;
  list(): Promise<readonly StoredTask[]>;
  /** With its devices, runs, versions and metrics; nothing of any other task. */
  remove(taskId: TaskId): Promise<void>;
}

/** A device of one task. Times in milliseconds since the epoch, by the manager's clock. */
export interface StoredDevice {
  readonly taskId: TaskId;
  readonly deviceId: string;
  readonly clientId: string | null;
  readonly name: string | null;
  readonly mac: string | null;
  readonly origin: 'v1' | 'legacy';
  /** SHA-256 of the device's key; null for one that came by the routes of Python's managers. */
  readonly keyHash: string | null;
  readonly tokenHash: string | null;
  readonly clusterId: number | null;
  readonly activity: DeviceActivity;
  readonly registeredAt: number;
  readonly lastSeen: number;
  /** Since when it has been online without a gap. */
  readonly onlineSince: number;
  /** When it left on its own accord; null where it did not. */
  readonly leftAt: number | null;
}

/** What a sign of life changes. */
export type DeviceLife = Pick<
  StoredDevice,
  'taskId' | 'deviceId' | 'lastSeen' | 'onlineSince' | 'leftAt' | 'activity'
>;

/** Devices, by task and device id. Times in milliseconds since the epoch. */
export interface DeviceRows {
  put(device: StoredDevice): Promise<void>;
  /** All of them, and when the manager that wrote them was last alive; null for a new store. */
  load(): Promise<{ readonly devices: readonly StoredDevice[]; readonly aliveAt: number | null }>;
  /** Keeps signs of life; devices that are gone are passed over. */
  touch(lives: readonly DeviceLife[], aliveAt: number): Promise<void>;
  remove(taskId: TaskId, deviceId: string): Promise<void>;
}

/** A run with what the manager alone needs. */
export interface StoredRun extends ManagedRun {
  /** The port that its FL server holds; null once it is free; 0 where the system gives one. */
  readonly port: number | null;
  /** The same of its door for Flower's clients; null also where it has none. */
  readonly flowerPort: number | null;
  /** SHA-256 of the token by which the FL server reports. */
  readonly tokenHash: string;
  /** How often in a row its FL server has stood still. */
  readonly standstills: number;
}

/** A run that has no id yet: the store gives it one. */
export type RunDraft = Omit<StoredRun, 'runId'>;

/** Which runs, newest first: at most `limit`. */
export interface RunQuery {
  readonly taskId?: TaskId;
  /** Runs older than this one. */
  readonly before?: RunId;
  readonly limit: number;
}

/** Runs, by their id; a task has one at a time. */
export interface RunRows {
  /**
   * Adds a run and gives it its id.
   *
   * @throws {FedOpsError} `conflict` where a run of the task goes on, `details.runId` says which; `overloaded`
   *   where another run holds the port.
   */
  begin(draft: RunDraft): Promise<StoredRun>;
  replace(run: StoredRun): Promise<void>;
  get(runId: RunId): Promise<StoredRun | undefined>;
  /** Newest first. */
  list(query: RunQuery): Promise<readonly StoredRun[]>;
  /** Those that go on or hold a port still, oldest first. */
  unfinished(): Promise<readonly StoredRun[]>;
  /** The last that was seen of a run from within. */
  putView(runId: RunId, view: RunView): Promise<void>;
  view(runId: RunId): Promise<RunView | undefined>;
}

/** How clients' parts of runs ended, by task, run and client. */
export interface PartRows {
  /** Keeps how a client's part ended. The first word on how training ended stays. Returns what is held now. */
  put(part: ClientPart): Promise<ClientPart>;
  list(taskId: TaskId, runId: RunId): Promise<readonly ClientPart[]>;
}

/** A version without its aliases, which follow from all versions and the task's `bestBy`. */
export type StoredVersion = Omit<ModelVersionDetail, 'aliases'>;

/** Published versions, by task and number. */
export interface ModelRows {
  /** Adds a version; the same once more changes nothing. @throws {FedOpsError} `conflict` for another of its number. */
  add(version: StoredVersion): Promise<void>;
  /** Newest first. */
  list(taskId: TaskId): Promise<readonly StoredVersion[]>;
  /** The highest number; 0 where there is no version. */
  latestNumber(taskId: TaskId): Promise<number>;
}

/** A row that has no id yet: the store gives it one. */
export type NewMetricRow = Omit<MetricRow, 'id'>;

/** Which rows of a task, oldest first: at most `limit`. */
export interface MetricQuery {
  readonly taskId: TaskId;
  readonly kind?: MetricRow['kind'];
  readonly runId?: RunId;
  readonly clientId?: string;
  /** Rows younger than this id. */
  readonly after: number;
  readonly limit: number;
}

/** Measurements, in the order in which they came. */
export interface MetricRows {
  /** All or none, in their order. */
  add(rows: readonly NewMetricRow[]): Promise<readonly MetricRow[]>;
  /** Replaces the row of kind `model` that has the same task, run, round and version, or adds it. */
  putModelRow(row: NewMetricRow): Promise<void>;
  /**
   * Removes the oldest rows, at most `limit` of them, as far as they are from before `at`.
   *
   * @param at ISO 8601 in UTC, as a row has it.
   * @returns How many; fewer than `limit` where no more are that old.
   */
  removeBefore(at: string, limit: number): Promise<number>;
  /** Removes the oldest rows of a task, at most `limit` of them, and none of its newest `keep`. Returns how many. */
  removeOldest(taskId: TaskId, keep: number, limit: number): Promise<number>;
  /** Oldest first. */
  list(query: MetricQuery): Promise<readonly MetricRow[]>;
}
