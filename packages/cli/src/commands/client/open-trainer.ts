import { pathToFileURL } from 'node:url';
import type { Trainer } from '@fedops/client-session';
import { workerTrainer } from '@fedops/client-session/node';
import type { ProgramLine } from '@fedops/command-trainer';
import { createLogger } from '@fedops/http-service';
import { FedOpsError } from '@fedops/shared-types';
import { samplePart } from './sample-part.js';

/** Who trains: exactly one of the first three is named. */
export interface TrainerChoice {
  /** Absolute path of a module. */
  readonly trainer: string | undefined;
  readonly command: readonly string[];
  readonly sample: string | undefined;
  /** For the module. */
  readonly trainerData: unknown;
}

/** A trainer that may hold a thread. */
export interface OpenTrainer {
  readonly trainer: Trainer;
  close(): Promise<void>;
}

/**
 * The trainer that was chosen, ready to work.
 *
 * @throws {FedOpsError} `invalid-argument` where none or several are named, or a module cannot be loaded; what that
 *   throws.
 */
export async function openTrainer({
  trainer,
  command,
  sample,
  trainerData,
}: TrainerChoice): Promise<OpenTrainer> {
  const named = [trainer, command[0], sample].filter((choice) => choice !== undefined);
  if (named.length !== 1) {
    throw new FedOpsError(
      'invalid-argument',
      'expected one of --trainer, --command and --sample to say who trains',
    );
  }
  if (trainer !== undefined) return inWorker(pathToFileURL(trainer), trainerData);
  if (sample !== undefined) {
    return inWorker(new URL('../../sample/digits-trainer.js', import.meta.url), samplePart(sample));
  }
  // Loaded where it is used: a client that trains otherwise starts the sooner.
  const { commandTrainer } = await import('@fedops/command-trainer');
  const logger = createLogger('trainer');
  const onLine = (line: ProgramLine) => logger.info({ ...line }, 'the program wrote');
  return { trainer: commandTrainer({ command }, { onLine }), close: async () => {} };
}

async function inWorker(module: URL, data: unknown): Promise<OpenTrainer> {
  const trainer = workerTrainer(module, { data });
  try {
    await trainer.ready();
  } catch (error) {
    await trainer.close();
    throw error;
  }
  return { trainer, close: () => trainer.close() };
}
