import { decodeParameters, PARAMETERS_MEDIA_TYPE } from '@fedops/parameters';
import {
  FedOpsError,
  HeartbeatAnswerSchema,
  InstructionSchema,
  type RegistrationAnswer,
  ResultAnswerSchema,
  UpdateAnswerSchema,
} from '@fedops/shared-types';
import type { Connection, WorkKey, WorkResult } from '../connection.js';
import { contentDigest, encodedBody } from './body-chunks.js';
import { PATH } from './endpoint.js';
import type { Call, HttpCaller } from './http-caller.js';
import { readExactly } from './read-body.js';
import { updateHeaderText } from './update-header.js';

/** What the server waits at most before it says that there is nothing yet. */
const POLL_MS = 25_000;

/** For a poll's way there and back. */
const POLL_MARGIN_MS = 10_000;

const CALL_MS = 15_000;
const LEAVE_MS = 2_000;

/** What a connection is made of. */
export interface HttpConnectionParts {
  readonly caller: HttpCaller;
  readonly registration: RegistrationAnswer;
  /** Larger models are refused before memory is taken for them. */
  readonly maxParametersBytes: number;
  /** Lets go of idle sockets. */
  readonly release: () => void;
}

/** A registered client's requests, one HTTP call each. */
export function createHttpConnection(parts: HttpConnectionParts): Connection {
  const { caller, registration, maxParametersBytes } = parts;
  const { clientId, token } = registration;
  return {
    registration,
    nextInstruction({ signal }) {
      const path = PATH.instruction(clientId, POLL_MS);
      const totalMs = POLL_MS + POLL_MARGIN_MS;
      return caller.json({ method: 'GET', path, token, signal, totalMs }, InstructionSchema);
    },
    async heartbeat(heartbeat, { signal }) {
      const path = PATH.heartbeat(clientId);
      const call: Call = { method: 'POST', path, token, json: heartbeat, signal, totalMs: CALL_MS };
      return present(await caller.json(call, HeartbeatAnswerSchema), path);
    },
    async fetchParameters(ref, { signal }) {
      if (ref.byteLength > maxParametersBytes) {
        throw new FedOpsError(
          'too-large',
          `parameters of ${ref.byteLength} bytes, at most ${maxParametersBytes} allowed`,
        );
      }
      const call: Call = { method: 'GET', path: PATH.parameters(ref.digest), token, signal };
      const bytes = await caller.body(call, (response, what) => readExactly(response, ref, what));
      return decoded(bytes);
    },
    async deliver(key, result, { signal }) {
      if (result.kind === 'update') return deliverUpdate(key, result, signal);
      const path = PATH.result(key, result.kind === 'evaluation' ? 'evaluations' : 'failures', clientId);
      const json = result.kind === 'evaluation' ? result.evaluation : result.failure;
      present(
        await caller.json({ method: 'PUT', path, token, json, signal, totalMs: CALL_MS }, ResultAnswerSchema),
        path,
      );
    },
    async leave() {
      const call: Call = {
        method: 'DELETE',
        path: PATH.client(clientId),
        token,
        signal: new AbortController().signal,
        totalMs: LEAVE_MS,
      };
      // A server that cannot be told learns it from the lease.
      await caller.body(call, async (response) => void response.resume()).catch(() => undefined);
      parts.release();
    },
  };

  async function deliverUpdate(
    key: WorkKey,
    { header, parameters }: Extract<WorkResult, { kind: 'update' }>,
    signal: AbortSignal,
  ): Promise<void> {
    const path = PATH.result(key, 'updates', clientId);
    const body = encodedBody(parameters);
    if (body.byteLength > registration.maxUpdateBytes) {
      throw new FedOpsError(
        'too-large',
        `update of ${body.byteLength} bytes, the server takes at most ${registration.maxUpdateBytes}`,
      );
    }
    const headers = {
      'fedops-update': updateHeaderText(header),
      'content-type': PARAMETERS_MEDIA_TYPE,
      'content-digest': await contentDigest(body),
    };
    present(
      await caller.json({ method: 'PUT', path, token, headers, body, signal }, UpdateAnswerSchema),
      path,
    );
  }
}

function present<T>(answer: T | undefined, path: string): T {
  if (answer === undefined) throw new FedOpsError('bad-response', `${path}: expected an answer, got none`);
  return answer;
}

function decoded(bytes: Uint8Array) {
  try {
    return decodeParameters(bytes);
  } catch (cause) {
    throw new FedOpsError('bad-response', FedOpsError.from(cause).message, { cause });
  }
}
