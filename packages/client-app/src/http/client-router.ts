import {
  answerErrors,
  guardRequests,
  jsonBody,
  type Logger,
  requireToken,
  silentLogger,
} from '@fedops/http-service';
import {
  clientStatusInBothVocabularies,
  type ManagerData,
  ManagerDataSchema,
  parseWith,
} from '@fedops/shared-types';
import { type Request, type RequestHandler, Router } from 'express';
import { sessionViewOf } from '../task/session-view.js';
import type { ClientControl } from './client-control.js';

const MAX_START_BYTES = 16 * 1024;

/**
 * The routes of a client app, to be mounted in an app of your own: `GET /online`, `POST /start`, `POST /stop`,
 * `GET /healthz`.
 *
 * They bring their own checks of `Host`, `Origin` and, where the task has a `controlToken`, of the token (all but
 * `/healthz`), and answer their own errors. Other requests pass by untouched.
 */
export function createClientRouter(
  task: ClientControl,
  { logger }: { readonly logger: Logger } = { logger: silentLogger },
): Router {
  const { listenHost, ownHosts, allowedOrigins, controlToken } = task.door;
  const guard = guardRequests({ allowedHosts: ownHosts, allowedOrigins, listenHost });
  const token = requireToken(controlToken, "this client's control token");
  const answer: RequestHandler = (_request, response) => {
    response.set('Cache-Control', 'no-store').json(onlineAnswer(task));
  };

  const router = Router();
  router
    .route('/healthz')
    .all(guard)
    .get((_request, response) => {
      response.json({ status: 'ok' });
    });
  router
    .route('/online')
    .all(guard, token)
    .get((_request, response) => {
      const signature = task.signature?.();
      const told = signature === undefined ? {} : { signature };
      response.set('Cache-Control', 'no-store').json({ ...onlineAnswer(task), ...told });
    });
  router
    .route('/start')
    .all(guard, token)
    .post(
      jsonBody({ limitBytes: MAX_START_BYTES }),
      (request, _response, next) => {
        void task.begin(managerDataOf(request));
        next();
      },
      answer,
    );
  router
    .route('/stop')
    .all(guard, token)
    .post((_request, _response, next) => {
      task.stop('stopped by request').catch((cause) => logger.error({ err: cause }, 'could not stop'));
      next();
    }, answer);
  router.use(['/healthz', '/online', '/start', '/stop'], answerErrors({ logger }));
  return router;
}

/** The status in both vocabularies, and why the client does what it does. */
function onlineAnswer(task: ClientControl) {
  return { ...clientStatusInBothVocabularies(task.status()), session: sessionViewOf(task.state()) };
}

function managerDataOf(request: Request): ManagerData | undefined {
  const body: unknown = request.body;
  return body === undefined ? undefined : parseWith(ManagerDataSchema, body, 'body of POST /start');
}
