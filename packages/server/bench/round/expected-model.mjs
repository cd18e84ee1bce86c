import { createHash } from 'node:crypto';
import { encodeParameters } from '@fedops/parameters';
import { MOMENTUM } from './strategies.mjs';
import { updateOf } from './update-files.mjs';

/**
 * SHA-256 of the model that must come out. All clients of a round send the same update, so that its mean is that
 * update; a run begins with the update of even rounds. Computed here apart from the strategies that are measured.
 */
export function expectedSha256({ strategy, parameters, rounds, updates: [odd, even] }) {
  if (strategy === 'fedavg') return rounds % 2 === 1 ? odd.sha256 : even.sha256;
  const sent = [updateOf(parameters, 2), updateOf(parameters, 1)];
  const { signature, tensors } = updateOf(parameters, 2);
  for (const [t, model] of tensors.entries()) {
    const velocity = new Float32Array(model.length);
    for (let round = 1; round <= rounds; round++) {
      const mean = sent[round % 2].tensors[t];
      for (let i = 0; i < model.length; i++) {
        const next = MOMENTUM * velocity[i] + (model[i] - mean[i]);
        velocity[i] = next;
        model[i] -= next;
      }
    }
  }
  return createHash('sha256').update(encodeParameters({ signature, tensors })).digest('hex');
}
