import type { Connection, WorkKey } from '@fedops/client-session';
import {
  type ClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  type ServerMessage,
  SUCCESS,
  scalarsOfConfig,
  tensorListOf,
} from '@fedops/flower';
import type { Parameters } from '@fedops/parameters';
import {
  type Config,
  FedOpsError,
  type Instruction,
  type RegistrationAnswer,
  type Signature,
} from '@fedops/shared-types';
import { answerOf } from './answer.js';
import { type Question, questionOf } from './question.js';
import type { ServerStream } from './server-stream.js';

/** What a connection answers with besides results. */
export interface ConnectionSettings {
  readonly signature: Signature | undefined;
  readonly initialParameters: (() => Parameters | Promise<Parameters>) | undefined;
  readonly properties: Config;
  readonly workMs: number;
}

/** As long as the HTTP door lets a client wait. */
const POLL_MS = 25_000;

/** For a run whose last global model a client is never shown. */
const NO_DIGEST = '0'.repeat(64);

/** A client's side of a stream: instructions come from it, results go back. */
export function createFlowerConnection(
  stream: ServerStream,
  registration: RegistrationAnswer,
  settings: ConnectionSettings,
): Connection {
  const { runId, clientId, leaseMs, nextVersion } = registration;
  /** The server waits for an answer to this. */
  let question: Question | undefined;
  let answered: WorkKey | undefined;
  let fits = 0;
  let latestDigest = NO_DIGEST;

  const say = (message: ClientMessage) => stream.send(encodeClientMessage(message));

  /** The instruction in a message; undefined where the connection has answered it by itself. */
  async function take(message: ServerMessage): Promise<Instruction | undefined> {
    switch (message.kind) {
      case 'fit':
      case 'evaluate':
        return ask(message);
      case 'get-properties':
        await say({ kind: 'properties', status: SUCCESS, properties: scalarsOfConfig(settings.properties) });
        return undefined;
      case 'get-parameters':
        await say(await parametersAnswer(settings));
        return undefined;
      case 'reconnect':
        return part(Number(message.seconds));
    }
  }

  async function ask(message: Extract<ServerMessage, { kind: 'fit' | 'evaluate' }>) {
    const { signature, workMs } = settings;
    if (message.kind === 'fit') fits++;
    try {
      question = await questionOf(message, {
        runId,
        clientId,
        signature,
        workMs,
        countedRound: Math.max(1, fits),
      });
    } catch (cause) {
      const { code, message: problem } = FedOpsError.from(cause);
      await say(answerOf({ kind: 'failure', failure: { work: message.kind, code, message: problem } }));
      throw new FedOpsError(code === 'shape-mismatch' ? 'unsupported' : code, problem, { cause });
    }
    latestDigest = question.instruction.parameters.digest;
    return question.instruction;
  }

  /** @throws {FedOpsError} `unavailable` where the client shall come back. */
  async function part(seconds: number): Promise<Instruction> {
    // The server may have gone before it reads this.
    await say({ kind: 'disconnect', reason: 'reconnect' }).catch(() => undefined);
    await stream.close();
    if (seconds <= 0) return { kind: 'finish', runId, version: nextVersion, digest: latestDigest };
    throw new FedOpsError('unavailable', `the Flower server asks to come back after ${seconds} s`, {
      details: { retryAfterMs: seconds * 1000 },
    });
  }

  return {
    registration,
    async nextInstruction({ signal }) {
      if (question !== undefined && stream.reason() === undefined) return question.instruction;
      const bytes = await stream.next(POLL_MS, signal);
      return bytes === undefined ? undefined : take(decodeServerMessage(bytes));
    },
    async heartbeat() {
      // An answer has no way but the stream on which the question came.
      return { leaseMs, work: stream.reason() === undefined ? 'go-on' : 'abandon' };
    },
    async fetchParameters({ digest }) {
      if (question?.instruction.parameters.digest !== digest) {
        throw new FedOpsError('not-found', 'the server does not ask for these parameters any more');
      }
      return question.parameters();
    },
    async deliver(key, result) {
      if (isSameWork(key, answered) && question === undefined) return;
      if (question === undefined || !isSameWork(key, question.instruction)) {
        throw new FedOpsError('stale-round', 'the server waits for no answer to this');
      }
      const message = encodeClientMessage(answerOf(result));
      if (stream.reason() !== undefined) {
        // The server has counted this client as failed; the answer belongs to nothing.
        throw new FedOpsError('stale-round', `the answer has no way back: ${stream.reason()!.message}`);
      }
      await stream.send(message);
      answered = key;
      question = undefined;
    },
    leave: () => stream.close(),
  };
}

function isSameWork(key: WorkKey, other: WorkKey | undefined): boolean {
  return key.runId === other?.runId && key.round === other.round;
}

async function parametersAnswer({ initialParameters }: ConnectionSettings): Promise<ClientMessage> {
  if (initialParameters === undefined) {
    const message = 'Client does not implement `get_parameters`';
    const status = { code: 'get-parameters-not-implemented', message } as const;
    return { kind: 'parameters', status, parameters: { tensors: [] } };
  }
  return { kind: 'parameters', status: SUCCESS, parameters: tensorListOf(await initialParameters()) };
}
