import { partitionText } from '../data/partition.js';
import { RUNS } from '../federation/mishap.js';
import { type DemoOptions, TRAINING_IMAGES } from '../options/demo-options.js';

/** The first lines of a demo: what is about to happen. */
export function openingWords(options: DemoOptions): readonly string[] {
  const { clients, rounds, partition, seed, examples, dataDir } = options;
  const most = examples < TRAINING_IMAGES ? `, at most ${examples} a client and round` : '';
  return [
    `${clients} clients, and one that joins late, share ${TRAINING_IMAGES} handwritten digits (${partitionText(partition)})${most}; ${RUNS} runs of ${rounds} ${rounds === 1 ? 'round' : 'rounds'}, seed ${seed}`,
    `data directory ${dataDir}`,
  ];
}
