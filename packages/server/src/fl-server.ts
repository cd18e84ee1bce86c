import { systemClock } from './clock.js';
import { patientDisk } from './files/patient-disk.js';
import type { FLServerParts } from './fl-server-parts.js';
import type { RunningServer } from './running-server.js';
import { type FLServerSettings, type ResolvedServerSettings, resolveSettings } from './settings.js';
import { startServer } from './start-server.js';

/**
 * The federated learning server of one task: runs its rounds and publishes global model V(n+1).
 * With a data directory it resumes a run that was interrupted, in the same round, with the updates it had; and with
 * a run id it never does the same run twice.
 *
 * @example
 * const server = await new FLServer({ taskId: 'mnist', rounds: 3 }, { strategy: fedAvg(), initialParameters }).start();
 * const outcome = await server.finished;
 * await server.close();
 */
export class FLServer {
  readonly #settings: ResolvedServerSettings;
  readonly #parts: FLServerParts;

  /** @throws {FedOpsError} `invalid-argument`, naming every setting that is wrong. */
  constructor(settings: FLServerSettings, parts: FLServerParts) {
    this.#settings = resolveSettings(settings);
    this.#parts = parts;
  }

  /**
   * Opens the data directory, begins the run or resumes it, and listens.
   *
   * @throws {FedOpsError} `storage` where the store or the data directory cannot be used, or the disk does not
   *   answer within five minutes; `conflict` where another
   *   server works in it, an interrupted run began with other settings, or the newest version is not
   *   `baseVersion`; `shape-mismatch` where the published
   *   version is of another model; `unavailable` where the port is in use.
   */
  async start(): Promise<RunningServer> {
    const undo: (() => Promise<void>)[] = [];
    const disk = patientDisk(this.#parts.clock ?? systemClock);
    try {
      return await startServer(this.#settings, this.#parts, { undo, disk });
    } catch (error) {
      // What cannot be given back now is found by the next start; why this one failed must be heard.
      await disk.giveBack(async () => {
        for (const step of undo.reverse()) await step().catch(() => {});
      });
      throw error;
    }
  }
}
