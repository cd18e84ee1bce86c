import type { Clock, EvaluateOutput, FitOutput, Trainer } from '@fedops/client-session';

/** What came of a piece of local work, for those who report it. */
export interface WorkObserver {
  fitted(observation: FitObservation): void;
  evaluated(observation: EvaluateObservation): void;
}

/** A fit that succeeded, and how long it took. */
export interface FitObservation {
  readonly round: number;
  readonly seconds: number;
  readonly metrics: FitOutput['metrics'];
}

/** An evaluation that succeeded. */
export interface EvaluateObservation {
  readonly round: number;
  readonly loss: number;
  readonly metrics: EvaluateOutput['metrics'];
}

/** The same trainer, with an observer who is told of what succeeded. */
export function observedTrainer(
  trainer: Trainer,
  observer: WorkObserver,
  clock: Pick<Clock, 'now'>,
): Trainer {
  return {
    get signature() {
      return trainer.signature;
    },
    async fit(input, context) {
      const { round } = input;
      const began = clock.now();
      const output = await trainer.fit(input, context);
      observer.fitted({ round, seconds: (clock.now() - began) / 1000, metrics: output.metrics });
      return output;
    },
    async evaluate(input, context) {
      const { round } = input;
      const output = await trainer.evaluate(input, context);
      observer.evaluated({ round, loss: output.loss, metrics: output.metrics });
      return output;
    },
  };
}
