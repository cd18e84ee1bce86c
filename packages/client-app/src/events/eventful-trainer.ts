import type { Trainer } from '@fedops/client-session';
import type { TellEvent } from './event-file.js';
import { evaluationBegins, evaluationEnds, fitBegins, fitEnds, type RunTarget } from './runtime-event.js';

/** The run that a trainer works for, as far as the task knows. */
export interface KnownRun {
  target(): RunTarget;
  /** Servers of Python's tell the number of rounds in the config of a fit, and nowhere else. */
  learnRounds(rounds: number): void;
}

/** The same trainer, whose work is told as it begins and ends well. */
export function eventfulTrainer(
  trainer: Trainer,
  tell: TellEvent,
  { target, learnRounds }: KnownRun,
): Trainer {
  return {
    get signature() {
      return trainer.signature;
    },
    async fit(input, context) {
      const { num_rounds: rounds } = input.config;
      if (typeof rounds === 'number') learnRounds(rounds);
      fitBegins(input, target()).forEach(tell);
      const output = await trainer.fit(input, context);
      fitEnds(input.round, output, target()).forEach(tell);
      return output;
    },
    async evaluate(input, context) {
      tell(evaluationBegins(input.round, target()));
      const output = await trainer.evaluate(input, context);
      tell(evaluationEnds(input.round, output, target()));
      return output;
    },
  };
}
