import { type ClientControl, clientStatusOf, createClientRouter } from '@fedops/client-app';
import { createSession, type Session, systemClock, type Trainer } from '@fedops/client-session';
import { createHttpTransport, loadIdentity } from '@fedops/client-session/node';
import { answerErrors, answerNotFound, type Listener, listen, silentLogger } from '@fedops/http-service';
import type { ClientId, TaskId } from '@fedops/shared-types';
import express from 'express';
import { withRegistration } from './registration-transport.js';
import { controlOf } from './session-control.js';

export interface CustomClientSettings {
  readonly taskId: TaskId;
  readonly clientId: ClientId;
  /** Base URL of the one FL server that this client joins. */
  readonly serverUrl: string;
  /** Where its key is kept. */
  readonly dataDir: string;
}

export interface CustomClient {
  readonly session: Session;
  /** Its own app, on loopback. */
  readonly listener: Listener;
}

/** A client on its own port, composed from the parts; it joins at `POST /start`, or by `session.run()`. */
// #region compose
export async function startCustomClient(
  trainer: Trainer,
  { taskId, clientId, serverUrl, dataDir }: CustomClientSettings,
): Promise<CustomClient> {
  const facts = factsOf(taskId, clientId, serverUrl);
  const transport = withRegistration(createHttpTransport({ baseUrl: serverUrl }), ({ nextVersion }) => {
    facts.nextVersion = nextVersion;
  });
  const session = createSession(
    { trainer, transport, clock: systemClock },
    {
      taskId,
      identity: await loadIdentity(dataDir, clientId),
      status: (state) => clientStatusOf(state, facts),
    },
  );
  const control: ClientControl = controlOf(session, { serverUrl, facts });

  const app = express().disable('x-powered-by');
  app.use(createClientRouter(control), answerNotFound(), answerErrors({ logger: silentLogger }));
  const listener = await listen(app, { port: 0, credentials: false }, { logger: silentLogger });
  return { session, listener };
}
// #endregion compose

function factsOf(taskId: TaskId, clientId: ClientId, serverUrl: string) {
  const serverAddress = new URL(serverUrl).host;
  return { taskId, clientMac: null, clientName: clientId, serverAddress, nextVersion: 0 };
}
