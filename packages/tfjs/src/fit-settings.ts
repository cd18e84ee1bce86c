import { type Config, FedOpsError } from '@fedops/shared-types';

/** How a fit goes over the local data. */
export interface FitSettings {
  /** Passes over the examples. */
  readonly localEpochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** A fit trains on at most so many examples, drawn anew each time; Infinity for all. */
  readonly maxExamples: number;
}

/**
 * Settings of one fit: the instruction's where it has them, otherwise the trainer's own. Other keys are left alone.
 *
 * @throws {FedOpsError} `invalid-argument`, naming the key, for a value of another kind or out of range.
 */
export function readFitSettings(config: Config, defaults: FitSettings): FitSettings {
  return {
    localEpochs: readCount(config, 'localEpochs', defaults.localEpochs),
    batchSize: readCount(config, 'batchSize', defaults.batchSize),
    learningRate: readNumber(config, 'learningRate', defaults.learningRate),
    maxExamples: readCount(config, 'maxExamples', defaults.maxExamples),
  };
}

/**
 * @throws {FedOpsError} `invalid-argument`, naming the key, for anything but a whole number of at least 1.
 */
export function readCount(config: Config, key: string, fallback: number): number {
  const value = config[key];
  if (value === undefined) return fallback;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 1) return value;
  throw invalid(key, 'a whole number of at least 1', value);
}

function readNumber(config: Config, key: string, fallback: number): number {
  const value = config[key];
  if (value === undefined) return fallback;
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value;
  throw invalid(key, 'a finite number above 0', value);
}

function invalid(key: string, expected: string, value: unknown): FedOpsError {
  return new FedOpsError(
    'invalid-argument',
    `config ${key}: expected ${expected}, got ${JSON.stringify(value)}`,
    {
      details: { field: key },
    },
  );
}
