import type { ServerComposition } from '@fedops/server-manager';
import { softmaxOf } from './digits-model.js';
import { loadDigits } from './load-digits.js';
import { measure } from './softmax.js';
import { heldOutDigits } from './split-digits.js';

/** Module of an FL server: measures each round's model on the digits that no client has. */
export async function composeServer(): Promise<ServerComposition> {
  const digits = heldOutDigits(await loadDigits());
  return {
    async evaluate(parameters) {
      const { loss, accuracy } = measure(softmaxOf(parameters), digits);
      return { loss, numExamples: digits.count, metrics: { accuracy } };
    },
  };
}
