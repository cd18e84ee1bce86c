import type { Trainer } from '@fedops/client-session';
import type { TellEvent } from './event-file.js';
import { evaluationBegins, evaluationEnds, fitBegins, fitEnds, type RunTarget } from './runtime-event.js';

/** The same trainer, whose work is told as it begins and ends well. */
export function eventfulTrainer(trainer: Trainer, tell: TellEvent, target: () => RunTarget): Trainer {
  return {
    async fit(input, context) {
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
