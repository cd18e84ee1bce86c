import type { RoundRecord, Sha256 } from '@fedops/shared-types';

/** What the run tells others after the fact. */
export type RunReport =
  | { readonly kind: 'run-started'; readonly nextVersion: number }
  | { readonly kind: 'round-ended'; readonly record: RoundRecord }
  | {
      readonly kind: 'run-published';
      readonly version: number;
      readonly digest: Sha256;
      readonly seconds: number;
    }
  | {
      readonly kind: 'run-failed';
      readonly reason: string;
      readonly message: string;
      readonly seconds: number;
    };

/** Carries reports to whoever wants them, never in the way of the run. */
export interface Reporter {
  /** Takes a report and returns at once; never throws. */
  report(report: RunReport): void;
  /** Resolves when all reports are delivered or given up; takes at most `withinMs`. */
  close(withinMs: number): Promise<void>;
}

/** For a server that nobody listens to. */
export const silentReporter: Reporter = { report: () => {}, close: async () => {} };
