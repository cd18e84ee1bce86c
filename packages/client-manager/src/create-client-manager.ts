import { type Clock, type Environment, systemClock } from '@fedops/client-api';
import { answerErrors, answerNotFound, createLogger, type Logger, listen } from '@fedops/http-service';
import express from 'express';
import { createClientLine } from './client/client-line.js';
import { type Exchange, httpExchange } from './http/exchange.js';
import { managerControl } from './http/manager-control.js';
import { createManagerRouter } from './http/manager-router.js';
import { loadDeviceIdentity } from './keep/device-identity.js';
import { lockDirectory } from './keep/directory-lock.js';
import { openDataDirectory } from './keep/files.js';
import { fileStateKeeper, type StateKeeper } from './keep/state-keeper.js';
import { startLoops } from './loops/start-loops.js';
import { createStateRecord } from './loops/state-record.js';
import { lineOpener } from './server/open-line.js';
import { type ClientManagerSettings, readSettings } from './settings.js';
import { firstState } from './state/first-state.js';
import { type StateView, stateViewOf } from './state/state-view.js';

/** A client manager at work. */
export interface ClientManagerHandle {
  readonly url: string;
  readonly port: number;
  readonly deviceId: string;
  /** What it is at, why, since when and until when. */
  state(): StateView;
  /**
   * Ends. The client goes on with what it does: a manager that comes back picks up where this one was. Never
   * rejects; safe to call twice.
   */
  close(): Promise<void>;
}

/** What can be replaced; each has the machine's own as default. */
export interface ClientManagerParts {
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** From [0, 1): the jitter of waits. */
  readonly random?: () => number;
  readonly env?: Environment;
  /** How requests are sent. */
  readonly exchange?: Exchange;
  /** Where the state is kept; by default in the data directory. */
  readonly keeper?: StateKeeper;
}

const CLOSE_GRACE_MS = 300;

/**
 * A client manager: it finds the client app, registers the device, starts the client once per run, follows it to its
 * end, and begins again. Resolves once it takes requests.
 *
 * @throws {FedOpsError} `invalid-argument`, naming each wrong setting; `conflict` where another manager works in the
 *   data directory; `storage` where that cannot be used, or holds a damaged file; what `listen` throws: a port in use
 *   is `unavailable`.
 */
export async function createClientManager(
  given: ClientManagerSettings,
  parts: ClientManagerParts = {},
): Promise<ClientManagerHandle> {
  const {
    logger = createLogger('client-manager'),
    clock = systemClock,
    random = Math.random,
    env = process.env,
    exchange = httpExchange,
  } = parts;
  const settings = readSettings(given, env);
  const { dataDir, limits } = settings;
  await openDataDirectory(dataDir);
  const unlock = await lockDirectory(dataDir);
  try {
    const keeper = parts.keeper ?? fileStateKeeper(dataDir);
    const [identity, kept] = await Promise.all([
      loadDeviceIdentity(dataDir, settings.deviceId),
      keeper.load(),
    ]);
    const first = firstState(kept, clock.now(), limits);
    const record = createStateRecord(first, kept, { keeper, logger, limits });
    const client = createClientLine(exchange, settings.client);
    const openLine = lineOpener(exchange, settings.serverManager);
    const server = { current: undefined };

    const control = managerControl({ record, client, clock, server, settings, identity });
    const app = express();
    app.disable('x-powered-by');
    app.use(createManagerRouter(control, { logger }), answerNotFound(), answerErrors({ logger }));
    const listener = await listen(app, settings.listen, { logger });

    const loopParts = { record, client, openLine, server, clock, random, logger };
    const loops = startLoops(loopParts, identity, settings.labels);
    let closed: Promise<void> | undefined;
    return {
      url: listener.url,
      port: listener.port,
      deviceId: identity.deviceId,
      state: () => stateViewOf(record.state()),
      close() {
        closed ??= Promise.all([loops.end(), listener.close({ graceMs: CLOSE_GRACE_MS })])
          .then(() => record.kept())
          .catch((cause: unknown) => logger.error({ err: cause }, 'the last state could not be kept'))
          .then(unlock)
          .catch((cause: unknown) => logger.error({ err: cause }, 'the lock could not be given back'));
        return closed;
      },
    };
  } catch (cause) {
    await unlock();
    throw cause;
  }
}
