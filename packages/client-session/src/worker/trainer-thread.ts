import { Worker, type WorkerOptions } from 'node:worker_threads';
import { FedOpsError, type Signature } from '@fedops/shared-types';
import type { EvaluateOutput, TrainerContext } from '../trainer.js';
import type { CallMessage, FromThread, PackedFitOutput, ThreadData, ToThread } from './messages.js';
import { fromThreadError } from './thread-error.js';

/** What a call brings back from the thread. */
export type CallOutput =
  | { readonly kind: 'fitted'; readonly output: PackedFitOutput }
  | { readonly kind: 'evaluated'; readonly output: EvaluateOutput };

/** One worker thread that holds a trainer, from its start to its end. */
export interface TrainerThread {
  /** Resolves with the trainer's signature once it is made; rejects where that fails or the thread ends before. */
  readonly ready: Promise<Signature | undefined>;
  /** False once the thread ended or cannot be used. */
  isAlive(): boolean;
  /**
   * One call at a time, after `ready`.
   *
   * @throws {FedOpsError} the trainer's own, `aborted`, or `internal` where the thread ends.
   */
  call(call: Omit<CallMessage, 'id' | 'abortFlag'>, context: TrainerContext): Promise<CallOutput>;
  /** Lets the process end while the thread has nothing to do, or not. */
  hold(isHeld: boolean): void;
  end(error: FedOpsError): Promise<void>;
}

/** Limits of a thread. */
export interface ThreadSettings {
  /** An aborted call that has not returned after so long is ended with its thread. */
  readonly abortGraceMs: number;
  readonly resourceLimits?: WorkerOptions['resourceLimits'];
}

interface Pending {
  readonly id: number;
  readonly context: TrainerContext;
  resolve(output: CallOutput): void;
  reject(error: FedOpsError): void;
}

/** A new thread, which loads its module at once. */
export function startTrainerThread(threadData: ThreadData, settings: ThreadSettings): TrainerThread {
  const { abortGraceMs, resourceLimits } = settings;
  const worker = new Worker(new URL('./worker-entry.js', import.meta.url), {
    workerData: threadData,
    ...(resourceLimits === undefined ? {} : { resourceLimits }),
  });
  let death: FedOpsError | undefined;
  let pending: Pending | undefined;
  let calls = 0;
  let markReady: (signature: Signature | undefined) => void = () => undefined;
  let failReady: (error: FedOpsError) => void = () => undefined;
  const ready = new Promise<Signature | undefined>((resolve, reject) => {
    markReady = resolve;
    failReady = reject;
  });
  ready.catch(() => undefined);

  const die = (error: FedOpsError) => {
    death ??= error;
    failReady(death);
    pending?.reject(death);
  };
  const end = async (error: FedOpsError) => {
    die(error);
    await worker.terminate();
  };
  worker.on('message', (message: FromThread) => {
    if (message.kind === 'ready') return markReady(message.signature);
    if (message.kind === 'unusable') return void end(fromThreadError(message.error));
    if (message.id !== pending?.id) return;
    if (message.kind === 'progress') pending.context.progress(message.fraction);
    else if (message.kind === 'failed') pending.reject(fromThreadError(message.error));
    else pending.resolve(message);
  });
  worker.on('error', (cause) =>
    die(new FedOpsError('internal', `trainer thread: ${cause.message}`, { cause })),
  );
  worker.on('messageerror', (cause) => {
    void end(new FedOpsError('internal', 'trainer thread: a message cannot be read', { cause }));
  });
  worker.on('exit', (code) =>
    die(new FedOpsError('internal', `trainer thread: it ended with exit code ${code}`)),
  );

  const post = (message: ToThread, transfer: ArrayBuffer[] = []) => worker.postMessage(message, transfer);

  return {
    ready,
    isAlive: () => death === undefined,
    hold: (isHeld) => (isHeld ? worker.ref() : worker.unref()),
    end,
    async call(call, context) {
      if (death !== undefined) throw death;
      const { signal } = context;
      const id = ++calls;
      const flag = new Int32Array(new SharedArrayBuffer(4));
      let grace: NodeJS.Timeout | undefined;
      const abort = () => {
        Atomics.store(flag, 0, 1);
        post({ kind: 'abort', id });
        grace = setTimeout(() => void end(abortedBy(signal)), abortGraceMs);
      };
      try {
        return await new Promise<CallOutput>((resolve, reject) => {
          pending = { id, context, resolve, reject };
          post({ ...call, id, abortFlag: flag.buffer as SharedArrayBuffer }, [call.parameters.buffer]);
          if (signal.aborted) abort();
          else signal.addEventListener('abort', abort, { once: true });
        });
      } catch (error) {
        throw signal.aborted ? abortedBy(signal) : error;
      } finally {
        pending = undefined;
        clearTimeout(grace);
        signal.removeEventListener('abort', abort);
      }
    },
  };
}

/** The error of a call that its own signal ended. */
export function abortedBy(signal: AbortSignal): FedOpsError {
  return new FedOpsError('aborted', 'the trainer was told to stop', { cause: signal.reason });
}
