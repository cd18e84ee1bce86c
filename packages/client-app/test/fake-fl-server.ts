import type { Connection, Transport, WorkResult } from '@fedops/client-session';
import { createParameters, encodeParameters, type Parameters, sha256 } from '@fedops/parameters';
import { type FedOpsError, type Instruction, type Registration, RunIdSchema } from '@fedops/shared-types';

const signature = [{ name: 'w', shape: [2], dtype: 'float32' }] as const;
export const RUN_ID = RunIdSchema.parse('v4');

/** An FL server in memory, behind the transport port: it does what the test tells it. */
export interface FakeFlServer {
  readonly transport: Transport;
  readonly registrations: Registration[];
  readonly results: WorkResult[];
  /** The next thing that the client is told. */
  instruct(instruction: Instruction): void;
  fit(round?: number): void;
  evaluate(round?: number): void;
  finish(): void;
  fail(message: string): void;
  /** Every connection attempt fails with this from now on. */
  refuse(error: FedOpsError): void;
  hasLeft(): boolean;
}

export function fakeFlServer(): FakeFlServer {
  const parameters = modelOf(1);
  const digest = sha256(encodeParameters(parameters));
  const registrations: Registration[] = [];
  const results: WorkResult[] = [];
  const instructions: Instruction[] = [];
  let wake: () => void = () => {};
  let refusal: FedOpsError | undefined;
  let left = false;

  const work = (round: number) => ({
    runId: RUN_ID,
    round,
    parameters: { digest, byteLength: encodeParameters(parameters).byteLength },
    config: {},
    seed: 7,
    remainingMs: 600_000,
  });
  const instruct = (instruction: Instruction) => {
    instructions.push(instruction);
    wake();
  };

  const connectionOf = (registration: Registration): Connection => ({
    registration: {
      protocolVersion: 1,
      taskId: registration.taskId,
      clientId: registration.clientId,
      token: 'a token of the server',
      runId: RUN_ID,
      rounds: 3,
      nextVersion: 4,
      signature: [...signature].map((spec) => ({ ...spec, shape: [...spec.shape] })),
      leaseMs: 15_000,
      maxUpdateBytes: 1_000_000,
    },
    async nextInstruction({ signal }) {
      if (instructions.length === 0) {
        await new Promise<void>((resolve, reject) => {
          wake = resolve;
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
      }
      return instructions.shift();
    },
    heartbeat: async () => ({ leaseMs: 15_000, work: 'go-on' }),
    fetchParameters: async () => modelOf(1),
    deliver: async (_key, result) => {
      results.push(result);
    },
    leave: async () => {
      left = true;
    },
  });

  return {
    registrations,
    results,
    instruct,
    fit: (round = 1) => instruct({ kind: 'fit', ...work(round) }),
    evaluate: (round = 1) => instruct({ kind: 'evaluate', ...work(round) }),
    finish: () => instruct({ kind: 'finish', runId: RUN_ID, version: 4, digest }),
    fail: (message) => instruct({ kind: 'fail', runId: RUN_ID, code: 'deadline-exceeded', message }),
    refuse: (error) => {
      refusal = error;
    },
    hasLeft: () => left,
    transport: {
      connect: async (registration) => {
        if (refusal !== undefined) throw refusal;
        registrations.push(registration);
        left = false;
        return connectionOf(registration);
      },
    },
  };
}

/** Parameters of one tensor of two values. */
export function modelOf(value: number): Parameters {
  return createParameters(signature, [Float32Array.of(value, value)]);
}
