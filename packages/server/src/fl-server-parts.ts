import type { Logger } from '@fedops/http-service';
import type { Parameters } from '@fedops/parameters';
import type { Strategy } from '@fedops/strategies';
import type { Clock } from './clock.js';
import type { FurtherDoor } from './engine/further-door.js';
import type { CentralEvaluate } from './engine/round-work.js';
import type { FileSystem } from './files/file-system.js';
import type { ModelStore } from './model/model-store.js';
import type { Reporter } from './report/reporter.js';

/** What an FL server works with. */
export interface FLServerParts {
  readonly strategy: Strategy;
  /** Where a task without a published version starts from; they also say what every update must look like. */
  readonly initialParameters: Parameters | (() => Promise<Parameters>);
  /** Measures each round's model on the server's own data. */
  readonly evaluate?: CentralEvaluate;
  /** Default: files in `dataDir`, or memory where there is none. */
  readonly store?: ModelStore;
  /** Further transports beside HTTP. */
  readonly doors?: readonly FurtherDoor[];
  /** Tells others of the run, such as a server manager. */
  readonly reporter?: Reporter;
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Default: the machine's own disk. */
  readonly files?: FileSystem;
}
