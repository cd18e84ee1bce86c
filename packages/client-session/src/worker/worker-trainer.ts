import type { ResourceLimits } from 'node:worker_threads';
import type { Parameters } from '@fedops/parameters';
import { FedOpsError, type Signature } from '@fedops/shared-types';
import { orAborted } from '../session/time-limit.js';
import type { EvaluateInput, FitInput, Trainer, TrainerContext } from '../trainer.js';
import { packParameters, unpackParameters } from './packed-parameters.js';
import { abortedBy, type CallOutput, startTrainerThread, type TrainerThread } from './trainer-thread.js';

/** A trainer in a worker thread of its own, which this thread's event loop never waits for. */
export interface WorkerTrainer extends Trainer {
  /** That of the module's trainer; undefined before `ready` has resolved. */
  readonly signature: Signature | undefined;
  /**
   * Starts the thread where there is none; resolves once `createTrainer` has made its trainer. Otherwise that happens
   * with the first call.
   *
   * @throws {FedOpsError} as a call does.
   */
  ready(): Promise<void>;
  /** Ends the thread; a call under way is `aborted`, and so is every later one. Safe to call twice. */
  close(): Promise<void>;
}

/** What a worker trainer is started with. */
export interface WorkerTrainerOptions {
  /** Handed to `createTrainer`, by structured clone. */
  readonly data?: unknown;
  /** An aborted call that has not returned after so long is ended with its thread; 1,000 by default. */
  readonly abortGraceMs?: number;
  /** Limits of the thread's heap and stack, as `node:worker_threads` takes them. */
  readonly resourceLimits?: ResourceLimits;
}

const ABORT_GRACE_MS = 1_000;

/**
 * Runs a trainer in a worker thread, so that training never blocks the device.
 *
 * The module exports `createTrainer(data: unknown): Trainer | Promise<Trainer>`; the thread, and with it the trainer
 * and its data, live from call to call. Parameters move between the threads without a copy: the caller's, and those
 * that a fit returns in one buffer, are gone from where they came from. After an abort that the trainer does not heed
 * in time, after a crash and after a failed start, the next call starts a fresh thread.
 *
 * Calls throw `FedOpsError`: the trainer's own code where it threw one; `invalid-argument` where the module cannot be
 * loaded or exports no `createTrainer`; `aborted`; `conflict` while another call is under way; `internal` where the
 * trainer threw something else or its thread ended. The error in the thread, with its stack, is the cause.
 *
 * @param url Of the module: `new URL('./trainer.js', import.meta.url)`.
 */
export function workerTrainer(url: URL | string, options: WorkerTrainerOptions = {}): WorkerTrainer {
  const { data, abortGraceMs = ABORT_GRACE_MS, resourceLimits } = options;
  let thread: TrainerThread | undefined;
  let signature: Signature | undefined;
  let holds = 0;
  let state: 'idle' | 'busy' | 'closed' = 'idle';
  const isBusy = () => state === 'busy';

  const living = (): TrainerThread => {
    if (state === 'closed') throw new FedOpsError('aborted', 'the worker trainer is closed');
    if (thread?.isAlive() !== true) {
      const settings = { abortGraceMs, ...(resourceLimits === undefined ? {} : { resourceLimits }) };
      thread = startTrainerThread({ url: String(url), data }, settings);
      thread.ready.then(
        (told) => {
          signature = told;
        },
        () => undefined,
      );
    }
    return thread;
  };

  /** Keeps the process alive while the thread has something to do. */
  const held = async <T>(use: (thread: TrainerThread) => Promise<T>): Promise<T> => {
    const current = living();
    current.hold(true);
    holds += 1;
    try {
      return await use(current);
    } finally {
      holds -= 1;
      if (holds === 0) thread?.hold(false);
    }
  };

  const call = async (
    kind: 'fit' | 'evaluate',
    { parameters, ...facts }: FitInput | EvaluateInput,
    context: TrainerContext,
  ): Promise<CallOutput> => {
    if (isBusy()) throw new FedOpsError('conflict', 'the worker trainer does one thing at a time');
    if (context.signal.aborted) throw abortedBy(context.signal);
    if (state !== 'closed') state = 'busy';
    try {
      return await held(async (current) => {
        await started(current, context.signal);
        return current.call({ ...facts, kind, parameters: packParameters(parameters) }, context);
      });
    } finally {
      if (isBusy()) state = 'idle';
    }
  };

  return {
    get signature() {
      return signature;
    },
    async fit(input, context) {
      const { output } = expecting('fitted', await call('fit', input, context));
      const parameters: Parameters = unpackParameters(output.parameters);
      return { parameters, numExamples: output.numExamples, metrics: output.metrics };
    },
    async evaluate(input, context) {
      return expecting('evaluated', await call('evaluate', input, context)).output;
    },
    ready: () =>
      held(async (current) => {
        await current.ready;
      }),
    async close() {
      state = 'closed';
      await thread?.end(new FedOpsError('aborted', 'the worker trainer is closed'));
    },
  };
}

async function started(thread: TrainerThread, signal: AbortSignal): Promise<void> {
  try {
    await orAborted(thread.ready, signal);
  } catch (error) {
    throw signal.aborted ? abortedBy(signal) : error;
  }
}

function expecting<K extends CallOutput['kind']>(
  kind: K,
  output: CallOutput,
): Extract<CallOutput, { kind: K }> {
  if (output.kind === kind) return output as Extract<CallOutput, { kind: K }>;
  throw new FedOpsError('internal', `trainer thread: expected ${kind}, got ${output.kind}`);
}
