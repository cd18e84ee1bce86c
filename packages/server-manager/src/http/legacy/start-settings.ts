import { FedOpsError, MAX_LISTED_CLIENTS, type RunOverrides, TaskIdSchema } from '@fedops/shared-types';
import { z } from 'zod';

const number = z.coerce.number().optional();

/** Settings as Python's dashboard sends them; its numbers are strings. */
export const StartSchema = z.object({
  task_id: TaskIdSchema,
  /** MACs of those that the run is for; none, or an empty list, for all. */
  devices: z.array(z.string().min(1).max(300)).max(MAX_LISTED_CLIENTS).nullish(),
  num_rounds: number,
  client_per_round: number,
  num_epochs: number,
  batch_size: number,
  learning_rate: number,
  strategy: z.string().optional(),
});

/** The settings alone, without their task. */
export const StartSettingsSchema = StartSchema.omit({ task_id: true, devices: true });

/**
 * What the settings are for a run.
 *
 * @param fitConfig Of the task, which stays where nothing is said.
 * @throws {FedOpsError} `unsupported` for a strategy that the manager cannot start.
 */
export function overridesOf(
  asked: z.output<typeof StartSettingsSchema>,
  fitConfig: RunOverrides['fitConfig'],
): RunOverrides {
  const { num_rounds, client_per_round, num_epochs, batch_size, learning_rate, strategy } = asked;
  if (strategy !== undefined && !/(^|\.)fedavg$/i.test(strategy)) {
    throw new FedOpsError('unsupported', `expected the strategy FedAvg, got ${strategy.slice(0, 100)}`);
  }
  return {
    ...(num_rounds !== undefined && { rounds: num_rounds }),
    ...(client_per_round !== undefined && { clientsPerRound: { kind: 'count', count: client_per_round } }),
    fitConfig: {
      ...fitConfig,
      ...(num_epochs !== undefined && { localEpochs: num_epochs }),
      ...(batch_size !== undefined && { batchSize: batch_size }),
      ...(learning_rate !== undefined && { learningRate: learning_rate }),
    },
  };
}
