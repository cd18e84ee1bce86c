import type { Logger } from '@fedops/http-service';
import type { Clock } from '@fedops/server';
import type { TaskId } from '@fedops/shared-types';
import type { DeviceDesk } from './devices/device-desk.js';
import type { PartDesk } from './devices/part-desk.js';
import type { Directories } from './directories.js';
import type { ServerCredentials } from './http/ask-server.js';
import type { Launcher } from './launcher/launcher.js';
import type { ModelRegistry } from './models/model-registry.js';
import type { RunDesk } from './runs/run-desk.js';
import type { MetricRows, RunRows } from './store/store.js';
import type { TaskDesk } from './tasks/task-desk.js';
import type { Topic } from './topic.js';

/** What the routes work with. */
export interface Manager {
  readonly tasks: TaskDesk;
  readonly devices: DeviceDesk;
  readonly parts: PartDesk;
  readonly runs: RunDesk;
  readonly runRows: RunRows;
  readonly models: ModelRegistry;
  readonly metrics: MetricRows;
  readonly launcher: Launcher;
  readonly directories: Directories;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told of each task whose run has changed. */
  readonly runChanged: Topic<TaskId>;
  /** Told of each task that is new, changed or gone. */
  readonly taskChanged: Topic<TaskId>;
  /** Ends waits when the manager closes. */
  readonly closing: AbortSignal;
  readonly limits: {
    readonly leaseMs: number;
    readonly maxModelBytes: number;
    readonly maxHeldPolls: number;
    readonly maxEventStreams: number;
    readonly maxEventStreamsPerAddress: number;
  };
  /** By which the manager speaks with FL servers that it started. */
  readonly serverCredentials: ServerCredentials;
}
