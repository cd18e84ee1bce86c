import { createParameters, encodedLength, type Parameters } from '@fedops/parameters';
import {
  type ClientId,
  FedOpsError,
  type FedOpsErrorCode,
  type Heartbeat,
  type HeartbeatAnswer,
  type Instruction,
  type Registration,
  type RegistrationAnswer,
  type RunId,
  type Signature,
  type TaskId,
} from '@fedops/shared-types';
import type { CallOptions, Connection, Transport, WorkKey, WorkResult } from '../src/connection.js';

export const SIGNATURE: Signature = [
  { name: 'w', shape: [2, 2], dtype: 'float32' },
  { name: 'b', shape: [2], dtype: 'float32' },
];
export const RUN = 'v1' as RunId;
export const DIGEST = 'a'.repeat(64);

export function aModel(...values: number[]): Parameters {
  const w = Float32Array.from(values.length > 0 ? values : [1, 2, 3, 4]);
  return createParameters(SIGNATURE, [w, Float32Array.from([5, 6])]);
}

export function aWork(
  kind: 'fit' | 'evaluate',
  over: { round?: number; remainingMs?: number; digest?: string } = {},
) {
  const { round = 1, remainingMs = 60_000, digest = DIGEST } = over;
  const parameters = { digest, byteLength: encodedLength(SIGNATURE) };
  return { kind, runId: RUN, round, parameters, config: {}, seed: 7, remainingMs } satisfies Instruction;
}

export const FINISH: Instruction = { kind: 'finish', runId: RUN, version: 1, digest: DIGEST };

export function failing(code: FedOpsErrorCode, details: Record<string, unknown> = {}): () => never {
  return () => {
    throw new FedOpsError(code, `scripted ${code}`, { details });
  };
}

type Scripted<T> = () => T | Promise<T>;

/**
 * An FL server in memory. Each list scripts the answers of one call in order; what is not scripted succeeds, and an
 * instruction that is not scripted never comes.
 */
export class FakeServer implements Transport {
  readonly connects: Scripted<void>[] = [];
  readonly instructions: Scripted<Instruction | undefined>[] = [];
  readonly fetches: Scripted<Parameters>[] = [];
  readonly deliveries: Scripted<void>[] = [];
  readonly heartbeatAnswers: Scripted<Partial<HeartbeatAnswer>>[] = [];

  readonly registrations: Registration[] = [];
  readonly heartbeats: Heartbeat[] = [];
  readonly delivered: { readonly key: WorkKey; readonly result: WorkResult; readonly token: string }[] = [];
  fetched = 0;
  left = 0;

  async connect(registration: Registration, _options: CallOptions): Promise<Connection> {
    this.registrations.push(registration);
    await this.connects.shift()?.();
    return this.#connection(`token-${this.registrations.length}`);
  }

  #connection(token: string): Connection {
    return {
      registration: aRegistrationAnswer(token),
      nextInstruction: ({ signal }) => {
        const next = this.instructions.shift();
        return next === undefined ? never(signal) : call(next);
      },
      heartbeat: async (heartbeat) => {
        this.heartbeats.push(heartbeat);
        const answer = await this.heartbeatAnswers.shift()?.();
        return { leaseMs: 15_000, work: 'go-on', ...answer };
      },
      fetchParameters: async () => {
        this.fetched += 1;
        return (await this.fetches.shift()?.()) ?? aModel();
      },
      deliver: async (key, result) => {
        await this.deliveries.shift()?.();
        this.delivered.push({ key, result, token });
      },
      leave: async () => {
        this.left += 1;
      },
    };
  }
}

function aRegistrationAnswer(token: string): RegistrationAnswer {
  return {
    protocolVersion: 1,
    taskId: 'mnist' as TaskId,
    clientId: 'device-7' as ClientId,
    token,
    runId: RUN,
    rounds: 3,
    nextVersion: 1,
    signature: SIGNATURE.map((spec) => ({ ...spec, shape: [...spec.shape] })),
    leaseMs: 15_000,
    maxUpdateBytes: 1_000_000,
  };
}

async function call<T>(scripted: Scripted<T>): Promise<T> {
  return scripted();
}

function never(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
