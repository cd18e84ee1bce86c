import { answerErrors, answerNotFound, type ListenSettings, type Logger, listen } from '@fedops/http-service';
import express from 'express';
import type { ClientControl } from './client-control.js';
import { createClientRouter } from './client-router.js';

/** A client app that is served. */
export interface ClientAppHandle {
  readonly url: string;
  readonly port: number;
  /**
   * Aborts a training, tells the managers that this client is out, and closes; within 4.5 s. Never rejects; safe to
   * call twice.
   */
  close(): Promise<void>;
}

/** A client that can be made to leave for good: its training ends and the managers hear of it. */
export interface LeavingClient extends ClientControl {
  leave(withinMs: number): Promise<void>;
}

/** Together below the 5 s within which a client app has to end. */
const LEAVE_WITHIN_MS = 4_000;
const CLOSE_GRACE_MS = 300;

/**
 * Serves the routes of a client app.
 *
 * @throws {FedOpsError} What `listen` throws.
 */
export async function serveClientApp(
  task: LeavingClient,
  settings: ListenSettings,
  { logger }: { readonly logger: Logger },
): Promise<ClientAppHandle> {
  const app = express();
  app.disable('x-powered-by');
  app.use(createClientRouter(task, { logger }), answerNotFound(), answerErrors({ logger }));
  const { url, port, close } = await listen(app, settings, { logger });

  let closed: Promise<void> | undefined;
  return {
    url,
    port,
    close() {
      closed ??= task.leave(LEAVE_WITHIN_MS).then(() => close({ graceMs: CLOSE_GRACE_MS }));
      return closed;
    },
  };
}
