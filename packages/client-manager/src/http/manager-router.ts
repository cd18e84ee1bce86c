import { answerErrors, guardRequests, jsonBody, type Logger, requireToken } from '@fedops/http-service';
import { FEDOPS_ERROR_CODES, FedOpsError, parseWith, RunIdSchema } from '@fedops/shared-types';
import { type Request, Router } from 'express';
import { z } from 'zod';
import type { DoorSettings } from '../settings.js';
import type { ManagerEvent } from '../state/manager-event.js';
import type { PartEnd } from '../state/run.js';

/** A manager as its routes drive it. */
export interface ManagerControl {
  readonly door: DoorSettings;
  /** The answer of `/info`. */
  info(): object;
  /** The answer of `/state`. */
  view(): object;
  now(): number;
  /**
   * Takes a client's word and resolves once it is durable.
   *
   * @returns Whether it changed anything; `repeated` for a word that had been said before.
   */
  take(event: ManagerEvent): Promise<'taken' | 'repeated' | 'nothing-to-end'>;
}

const MAX_BODY_BYTES = 16 * 1024;

/** The body of the POST forms, all of it optional. */
const WordSchema = z
  .object({
    run_id: RunIdSchema.optional(),
    reason: z.object({ code: z.enum(FEDOPS_ERROR_CODES), message: z.string().max(2_000) }).optional(),
  })
  .prefault({});

const FAILED: PartEnd = {
  state: 'train-failed',
  reason: { code: 'internal', message: 'the client says that its training failed' },
};

/**
 * The routes of a client manager: `GET /info`, `/state`, `/healthz`, and `/trainFin`, `/trainFail`, `/flclient_out`,
 * by POST, or by GET as Python's clients say them.
 */
export function createManagerRouter(
  control: ManagerControl,
  { logger }: { readonly logger: Logger },
): Router {
  const { listenHost, ownHosts, allowedOrigins, controlToken } = control.door;
  const guard = guardRequests({ allowedHosts: ownHosts, allowedOrigins, listenHost });
  const token = requireToken(controlToken, "this manager's control token");
  const router = Router();
  router.use(guard);
  router.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });
  router.use(token, (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  router.get('/info', (_request, response) => {
    response.json(control.info());
  });
  router.get('/state', (_request, response) => {
    response.json(control.view());
  });
  for (const [path, eventOf] of Object.entries(WORDS)) {
    router.get(path, async (_request, response) => {
      await control.take(eventOf(control.now(), {}));
      response.json(control.info());
    });
    router.post(path, jsonBody({ limitBytes: MAX_BODY_BYTES }), async (request, response) => {
      const taken = await control.take(eventOf(control.now(), wordOf(request, path)));
      if (taken === 'nothing-to-end') {
        throw new FedOpsError('conflict', 'the client takes part in no such run');
      }
      response.json(control.info());
    });
  }
  router.use(answerErrors({ logger }));
  return router;
}

type Word = z.output<typeof WordSchema>;

const WORDS: Readonly<Record<string, (at: number, word: Word) => ManagerEvent>> = {
  '/trainFin': (at, { run_id = null }) => ({
    kind: 'train-ended',
    at,
    end: { state: 'train-finished' },
    runId: run_id,
  }),
  '/trainFail': (at, { run_id = null, reason }) => ({
    kind: 'train-ended',
    at,
    end: reason === undefined ? FAILED : { state: 'train-failed', reason },
    runId: run_id,
  }),
  '/flclient_out': (at) => ({ kind: 'client-left', at }),
};

function wordOf(request: Request, path: string): Word {
  return parseWith(WordSchema, request.body, `body of POST ${path}`);
}
