import type { FitInput, FitOutput, Trainer, TrainerContext } from '@fedops/client-session';

export interface HoldableTrainer {
  readonly trainer: Trainer;
  /** The next fit trains, and never ends unless it is aborted. */
  holdNextFit(): void;
}

/** So much of a fit is done when it counts as training. */
const UNDER_WAY = 0.3;

/**
 * A trainer whose next fit can be held: however few examples a client has, somebody can then watch it train and kill it
 * before it reports.
 *
 * @param onHeld Told once that the held fit is under way, with its round.
 */
export function holdableTrainer(inner: Trainer, onHeld: (round: number) => void): HoldableTrainer {
  let isHeld = false;

  async function heldFit(input: FitInput, context: TrainerContext): Promise<FitOutput> {
    let isTold = false;
    const tell = () => {
      if (!isTold) onHeld(input.round);
      isTold = true;
    };
    const progress = (fraction: number) => {
      context.progress(fraction);
      if (fraction >= UNDER_WAY) tell();
    };
    await inner.fit(input, { signal: context.signal, progress });
    tell();
    return untilAborted(context.signal);
  }

  return {
    trainer: {
      get signature() {
        return inner.signature;
      },
      fit(input, context) {
        if (!isHeld) return inner.fit(input, context);
        isHeld = false;
        return heldFit(input, context);
      },
      evaluate: (input, context) => inner.evaluate(input, context),
    },
    holdNextFit() {
      isHeld = true;
    },
  };
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
