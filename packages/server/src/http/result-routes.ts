import { sendAnswer } from '@fedops/http-service';
import {
  EvaluationSchema,
  errorBodyOf,
  FailureReportSchema,
  FedOpsError,
  parseWith,
  RunIdSchema,
  UpdateHeaderSchema,
} from '@fedops/shared-types';
import { type Request, Router } from 'express';
import { z } from 'zod';
import type { Clock } from '../clock.js';
import type { WorkKey } from '../engine/client-desk.js';
import { parseContentDigest } from '../update/content-digest.js';
import { piecesOf } from './body-pieces.js';
import type { RouteParts } from './client-routes.js';
import { createUploadPace } from './upload-pace.js';

const PathSchema = z.object({ runId: RunIdSchema, round: z.coerce.number().int().min(1) });

/** Longer than this without a byte, and an upload is over. */
const STALLED_AFTER_MS = 60_000;

/** What uploads must keep to. */
export interface UploadSettings {
  /** On average, after the first 30 s; 0 for no limit. */
  readonly minUploadBytesPerSecond: number;
}

/** Updates, evaluations and failures of clients, keyed by (run, round, client). */
export function resultRoutes(
  { desk, credentials, json, clock }: RouteParts & { readonly clock: Clock },
  { minUploadBytesPerSecond }: UploadSettings,
): Router {
  function keyOf(request: Request): WorkKey {
    const clientId = credentials.client(request);
    return { clientId, ...parseWith(PathSchema, request.params, 'path') };
  }

  return Router({ mergeParams: true })
    .put('/updates/:clientId', async (request, response) => {
      const key = keyOf(request);
      assertNotEncoded(request);
      request.setTimeout(STALLED_AFTER_MS, () => request.destroy());
      const paceOf = (onTooSlow: (error: FedOpsError) => void) =>
        createUploadPace(clock, minUploadBytesPerSecond, onTooSlow);
      try {
        const answer = await desk.receiveUpdate(key, {
          clientId: key.clientId,
          header: updateHeaderOf(request),
          contentLength: contentLengthOf(request),
          digest: parseContentDigest(request.get('Content-Digest')),
          body: piecesOf(request, { paceOf }),
        });
        // Repeated bytes are known by their digest and are not read again.
        sendAnswer(request, response, { status: 200, json: answer });
      } catch (error) {
        if (!FedOpsError.is(error) || error.code !== 'deadline-exceeded') throw error;
        // Late is who asks; 504 would say that it is somebody behind the server.
        sendAnswer(request, response, { status: 408, json: errorBodyOf(error) });
      }
    })
    .put('/evaluations/:clientId', json, async (request, response) => {
      const key = keyOf(request);
      response.json(
        await desk.receiveEvaluation(key, parseWith(EvaluationSchema, request.body, 'evaluation')),
      );
    })
    .put('/failures/:clientId', json, async (request, response) => {
      const key = keyOf(request);
      response.json(await desk.receiveFailure(key, parseWith(FailureReportSchema, request.body, 'failure')));
    });
}

/** The digest and the length are of the parameters themselves. */
function assertNotEncoded(request: Request): void {
  const encoding = request.get('Content-Encoding') ?? 'identity';
  if (encoding.toLowerCase() === 'identity') return;
  throw new FedOpsError('unsupported', `Content-Encoding: expected none for an update, got ${encoding}`);
}

function updateHeaderOf(request: Request) {
  const text = request.get('FedOps-Update');
  if (text === undefined)
    throw new FedOpsError('invalid-argument', 'FedOps-Update: expected this header, got none');
  try {
    return parseWith(UpdateHeaderSchema, JSON.parse(text), 'FedOps-Update');
  } catch (error) {
    if (FedOpsError.is(error)) throw error;
    throw new FedOpsError('invalid-argument', 'FedOps-Update: expected JSON', { cause: error });
  }
}

function contentLengthOf(request: Request): number {
  const length = Number(request.get('Content-Length') ?? Number.NaN);
  if (!Number.isSafeInteger(length) || length <= 0) {
    throw new FedOpsError('invalid-argument', 'Content-Length: expected the length of the body, got none');
  }
  return length;
}
