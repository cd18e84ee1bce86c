import { createParameters, decodeParameters, encodeParameters, sha256 } from '@fedops/parameters';
import {
  type ClientId,
  type Evaluation,
  type FitInstruction,
  type Instruction,
  PROTOCOL_VERSION,
  type RegistrationAnswer,
  type TaskId,
  type UpdateAnswer,
} from '@fedops/shared-types';
import type { ClientDesk, FurtherDoorParts, WorkKey } from '../../src/index.js';
import { statusOf } from '../door-client.js';

/** The desk of a server, met without a socket between. */
export type Desk = Pick<FurtherDoorParts, 'desk' | 'parameters' | 'run'>;

/** An update whose sender was told that it counts. */
export interface AcknowledgedUpdate {
  readonly key: WorkKey;
  readonly numExamples: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What clients were told, kept outside of the server that told them. */
export interface Acknowledged {
  readonly updates: AcknowledgedUpdate[];
  readonly evaluations: { readonly key: WorkKey; readonly evaluation: Evaluation }[];
  /** Digests of the published model, as `finish` told them. */
  readonly finished: string[];
}

export const TASK = 'crash' as TaskId;

export function registerAt(desk: ClientDesk, clientId: ClientId, key = keyOf(clientId)): RegistrationAnswer {
  const status = statusOf(TASK);
  return desk.register({ protocolVersion: PROTOCOL_VERSION, taskId: TASK, clientId, key, status });
}

/** Takes part until the run ends; notes what it was told before it goes on. */
export async function takePartAt(
  desk: Desk,
  clientId: ClientId,
  acknowledged: Acknowledged,
  signal: AbortSignal,
): Promise<Instruction> {
  const { token } = registerAt(desk.desk, clientId);
  for (;;) {
    desk.desk.authenticate(token);
    const instruction = await desk.desk.nextInstruction(clientId, 1e9, signal);
    signal.throwIfAborted();
    if (instruction === undefined) continue;
    if (instruction.kind === 'finish' || instruction.kind === 'fail') {
      if (instruction.kind === 'finish') acknowledged.finished.push(instruction.digest);
      return instruction;
    }
    const { runId, round } = instruction;
    const key = { runId, round, clientId };
    if (instruction.kind === 'fit') {
      const update = { key, numExamples: weightOf(clientId), bytes: await fit(desk, instruction, clientId) };
      await sendUpdate(desk.desk, update);
      acknowledged.updates.push(update);
    } else {
      const evaluation = { loss: 1 / weightOf(clientId), numExamples: weightOf(clientId), metrics: {} };
      await desk.desk.receiveEvaluation(key, evaluation);
      acknowledged.evaluations.push({ key, evaluation });
    }
  }
}

export async function sendUpdate(
  desk: ClientDesk,
  { key, numExamples, bytes }: AcknowledgedUpdate,
): Promise<UpdateAnswer> {
  return desk.receiveUpdate(key, {
    clientId: key.clientId,
    header: { numExamples, metrics: { loss: 1 / numExamples } },
    contentLength: bytes.length,
    digest: await sha256(bytes),
    body: halvesOf(bytes),
  });
}

async function* halvesOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  const middle = Math.floor(bytes.length / 2);
  yield bytes.subarray(0, middle);
  yield bytes.subarray(middle);
}

async function fit(
  desk: Desk,
  { parameters, seed }: FitInstruction,
  clientId: ClientId,
): Promise<Uint8Array<ArrayBuffer>> {
  const { signature, tensors } = decodeParameters(await desk.parameters(parameters.digest));
  const trained = tensors.map((tensor) =>
    (tensor as Float32Array).map(
      (value, i) => value * 0.5 + (weightOf(clientId) * ((seed + i) % 1009)) / 1009,
    ),
  );
  return encodeParameters(createParameters(signature, trained));
}

/** Clients are called `c1`, `c2` and so on; their number is their weight. */
function weightOf(clientId: ClientId): number {
  return Number(clientId.slice(1));
}

function keyOf(clientId: ClientId): string {
  return `the secret key of ${clientId}`;
}
