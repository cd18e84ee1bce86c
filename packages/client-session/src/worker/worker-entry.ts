import { parentPort, workerData } from 'node:worker_threads';
import { FedOpsError, parseWith, type Signature, SignatureSchema } from '@fedops/shared-types';
import type { Trainer } from '../trainer.js';
import { type FlaggedSignal, flaggedSignal } from './flagged-signal.js';
import type { CallMessage, FromThread, ThreadData, ToThread } from './messages.js';
import { packParameters, unpackParameters } from './packed-parameters.js';
import { progressThrottle } from './progress-throttle.js';
import { toThreadError } from './thread-error.js';

/** Runs in the worker thread: loads the module, makes its trainer, answers calls one at a time. */
const port = parentPort!;
const { url, data } = workerData as ThreadData;
let underWay: { readonly id: number; readonly abort: FlaggedSignal } | undefined;

function post(message: FromThread, transfer: readonly ArrayBuffer[] = []): void {
  port.postMessage(message, [...transfer]);
}

async function makeTrainer(): Promise<Trainer> {
  const module = await import(url).catch((cause) => {
    throw new FedOpsError(
      'invalid-argument',
      `trainer module cannot be loaded: ${FedOpsError.from(cause).message}`,
      {
        cause,
      },
    );
  });
  if (typeof module.createTrainer !== 'function') {
    throw new FedOpsError(
      'invalid-argument',
      'trainer module: expected it to export a function createTrainer',
    );
  }
  return module.createTrainer(data);
}

/** A module may be plain JavaScript: what is no signature must not leave the thread. */
function signatureOf({ signature }: Trainer): Signature | undefined {
  if (signature === undefined) return undefined;
  return parseWith(SignatureSchema, signature, 'signature of the trainer');
}

async function answer(trainer: Trainer, call: CallMessage): Promise<void> {
  const { kind, id, abortFlag, parameters: packedInput, ...facts } = call;
  const abort = flaggedSignal(new Int32Array(abortFlag));
  underWay = { id, abort };
  const tell = progressThrottle((fraction) => post({ kind: 'progress', id, fraction }));
  const context = {
    signal: abort.signal,
    progress: (fraction: number) => tell(fraction, performance.now()),
  };
  try {
    const input = { ...facts, parameters: unpackParameters(packedInput) };
    if (kind === 'fit') {
      const { parameters, numExamples, metrics } = await trainer.fit(input, context);
      const packed = packParameters(parameters);
      post({ kind: 'fitted', id, output: { parameters: packed, numExamples, metrics } }, [packed.buffer]);
    } else {
      const { loss, numExamples, metrics } = await trainer.evaluate(input, context);
      post({ kind: 'evaluated', id, output: { loss, numExamples, metrics } });
    }
  } catch (error) {
    post({ kind: 'failed', id, error: toThreadError(error) });
  } finally {
    underWay = undefined;
  }
}

makeTrainer()
  .then((trainer) => ({ trainer, signature: signatureOf(trainer) }))
  .then(
    ({ trainer, signature }) => {
      port.on('message', (message: ToThread) => {
        if (message.kind !== 'abort') void answer(trainer, message);
        else if (underWay?.id === message.id) underWay.abort.fire();
      });
      post({ kind: 'ready', signature });
    },
    (error) => post({ kind: 'unusable', error: toThreadError(error) }),
  );
