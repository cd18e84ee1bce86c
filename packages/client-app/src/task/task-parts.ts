import { type ClientIdentity, type Clock, systemClock, type Transport } from '@fedops/client-session';
import { createHttpTransport, loadIdentity } from '@fedops/client-session/node';
import { createLogger, type Logger } from '@fedops/http-service';
import { eventFile, type TellEvent } from '../events/event-file.js';
import type { Managers } from '../report/managers.js';
import type { Environment } from './environment.js';
import { type ManagerSettings, managersFrom } from './manager-settings.js';

/** What a task works with; each has the machine's own as default. */
export interface FLClientTaskParts {
  readonly managers: Managers;
  readonly clock: Clock;
  /** From 0 up to 1, for the jitter of retries. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly loadIdentity: (directory: string) => Promise<ClientIdentity>;
  readonly createTransport: (settings: TransportSettings) => Transport;
  /** Told of each step of a run; by default the file that `FEDOPS_EVENT_FILE` names. */
  readonly tellEvent: TellEvent;
  /** Read once, by the constructor. */
  readonly env: Environment;
}

/** What a transport to an FL server is made from, once for each run. */
export interface TransportSettings {
  /** Of the FL server, without a slash at its end. */
  readonly baseUrl: string;
  readonly enrolmentToken?: string;
  /**
   * The version that the run is to publish, as the client manager says, for a server that does not tell: undefined
   * without a manager, and where it does not answer. Never rejects.
   */
  nextVersion(): Promise<number | undefined>;
}

/** The parts that are given, and the machine's own for the others. */
export function completeParts(
  given: Partial<FLClientTaskParts>,
  settings: ManagerSettings,
): FLClientTaskParts {
  const { env = process.env, clock = systemClock, logger = createLogger('client-app') } = given;
  return {
    managers: given.managers ?? managersFrom(settings, env),
    clock,
    random: given.random ?? Math.random,
    logger,
    loadIdentity: given.loadIdentity ?? loadIdentity,
    createTransport: given.createTransport ?? createHttpTransport,
    tellEvent: given.tellEvent ?? eventFile(settings.taskId, { env, clock, logger }),
    env,
  };
}
