import { encodeServerMessage } from '@fedops/flower';
import type { ClientDesk, Clock, FurtherDoorParts } from '@fedops/server';
import {
  type Activity,
  type EvaluateInstruction,
  FedOpsError,
  type FitInstruction,
  type RegistrationAnswer,
  type TaskId,
} from '@fedops/shared-types';
import type { InstructionMessages } from '../model/instruction-messages.js';
import { type Delivery, deliverAnswer, reportFailure } from './deliver-answer.js';
import type { FlowerStream, ReceivedMessage } from './flower-stream.js';
import { statusOf } from './front-desk.js';
import { within } from './within.js';

/** What serving a client needs. */
export interface ServeParts {
  readonly desk: ClientDesk;
  readonly delivery: Delivery;
  readonly messages: InstructionMessages;
  readonly clock: Clock;
  readonly logger: FurtherDoorParts['logger'];
}

/** The task that is served, and how long a client may take over an instruction, in milliseconds. */
export interface ServeSettings {
  readonly taskId: TaskId;
  readonly sendMs: number;
}

/** A client that is served. */
export interface ServedClient {
  /** Tells the desk that the client is there and what it does; an open stream is a sign of life. */
  beat(): void;
  /** Sends the client away, unless it is being told the end of the run. */
  dismiss(): void;
  /** Resolves when the stream is over; never rejects. */
  readonly ended: Promise<void>;
}

/** As long as the desk lets a client wait. */
const POLL_MS = 25_000;

/** For a client to say goodbye at the end of a run; Python's often just closes the channel. */
const GOODBYE_MS = 2_000;

/** Leads a client through the run until its stream or the run ends. */
export function serveClient(
  parts: ServeParts,
  { taskId, sendMs }: ServeSettings,
  stream: FlowerStream,
  registration: RegistrationAnswer,
): ServedClient {
  const { desk, messages, clock, logger } = parts;
  const { clientId, token, nextVersion } = registration;
  const status = statusOf(taskId, `Flower client at ${stream.peer}`, nextVersion);
  let work: FitInstruction | EvaluateInstruction | undefined;
  let isLeaving = false;

  async function run(): Promise<void> {
    for (;;) {
      const instruction = await desk.nextInstruction(clientId, POLL_MS, stream.over);
      stream.over.throwIfAborted();
      switch (instruction?.kind) {
        case undefined:
          break;
        case 'fit':
        case 'evaluate':
          await carryOut(instruction);
          break;
        case 'finish':
        case 'fail':
          return sayGoodbye();
      }
    }
  }

  async function carryOut(instruction: FitInstruction | EvaluateInstruction): Promise<void> {
    const doing = { instruction, clientId };
    work = instruction;
    try {
      const asking = ask(instruction);
      const answer = await within(clock, instruction.remainingMs, timedOut, () => asking).catch(
        async (error: unknown) => {
          letGo(asking);
          await reportFailure(parts.delivery, doing, error);
          throw error;
        },
      );
      try {
        await deliverAnswer(parts.delivery, doing, answer.bytes);
      } finally {
        answer.release();
      }
    } finally {
      work = undefined;
    }
  }

  async function ask(instruction: FitInstruction | EvaluateInstruction): Promise<ReceivedMessage> {
    const message = await messages.messageFor(instruction);
    // Before the bytes leave: a client may answer while the last of them are confirmed.
    const answer = stream.receive();
    try {
      await within(clock, sendMs, notTaken, () => stream.send(message));
    } catch (error) {
      letGo(answer);
      throw error;
    }
    return answer;
  }

  async function sayGoodbye(): Promise<void> {
    isLeaving = true;
    const answer = stream.receive();
    letGo(answer);
    await stream.send(encodeServerMessage({ kind: 'reconnect', seconds: 0n }));
    // What the client says, or whether it says anything, changes nothing.
    await within(clock, GOODBYE_MS, timedOut, () => answer).catch(() => undefined);
  }

  return {
    beat() {
      if (stream.over.aborted || isLeaving) return;
      try {
        desk.authenticate(token);
        desk.heartbeat(clientId, { status, activity: activityOf(work) });
      } catch (error) {
        stream.abort(FedOpsError.from(error));
      }
    },
    dismiss() {
      if (!isLeaving) stream.abort(new FedOpsError('unavailable', 'the server closes'));
    },
    ended: run().then(
      () => stream.end(),
      (error: unknown) => {
        if (!stream.over.aborted) logger.warn({ clientId, err: error }, 'a Flower client was sent away');
        stream.abort(FedOpsError.from(error));
      },
    ),
  };
}

/** Nobody reads this answer, should it come. */
function letGo(answer: Promise<ReceivedMessage>): void {
  answer.then(
    ({ release }) => release(),
    () => undefined,
  );
}

function activityOf(work: FitInstruction | EvaluateInstruction | undefined): Activity {
  if (work === undefined) return { kind: 'waiting' };
  const { kind, runId, round } = work;
  return { kind: kind === 'fit' ? 'fitting' : 'evaluating', runId, round };
}

function timedOut(ms: number): FedOpsError {
  const seconds = ms / 1000;
  // As Flower's own server says it.
  const text = Number.isInteger(seconds) ? seconds.toFixed(1) : String(seconds);
  return new FedOpsError('deadline-exceeded', `Timeout of ${text}sec was exceeded.`);
}

function notTaken(ms: number): FedOpsError {
  return new FedOpsError('deadline-exceeded', `the client did not take its instruction within ${ms} ms`);
}
