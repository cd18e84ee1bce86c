import type { Trainer } from '@fedops/client-session';

export interface FakeTrainer extends Trainer {
  /** Resolves once a fit has begun. */
  readonly fitBegun: Promise<void>;
  /** Lets fits end; before it, they last. */
  release(): void;
}

/** A trainer whose fits last until the test releases them or somebody aborts. */
export function fakeTrainer(): FakeTrainer {
  let begin: () => void = () => {};
  let release: () => void = () => {};
  const fitBegun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    fitBegun,
    release: () => release(),
    async fit({ parameters }, { signal }) {
      begin();
      const aborted = new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
      await Promise.race([released, aborted]);
      return { parameters, numExamples: 10, metrics: { loss: 0.5, accuracy: 0.75 } };
    },
    async evaluate() {
      return { loss: 0.25, numExamples: 5, metrics: { accuracy: 0.875 } };
    },
  };
}
