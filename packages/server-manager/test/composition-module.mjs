// Brings a measurement of its own to each FL server, and a lease of two seconds.
export async function composeServer({ settings }) {
  if (settings.seed === 13) throw new Error('no parts for seed 13');
  return {
    limits: { leaseMs: 2_000 },
    evaluate: async ({ tensors }) => ({
      loss: tensors[0][0],
      numExamples: 7,
      metrics: { seed: settings.seed },
    }),
  };
}
