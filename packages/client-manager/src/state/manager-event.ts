import type { RunId } from '@fedops/shared-types';
import type { Baseline, ClientReport } from '../client/client-report.js';
import type { Api } from './manager-state.js';
import type { ErrorFacts, PartEnd, Run } from './run.js';

interface At {
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What can happen to a manager. */
export type ManagerEvent =
  | (At & {
      readonly kind: 'client-answered';
      /** When the question was sent: an old answer says nothing of what came after it. */
      readonly askedAt: number;
      readonly report: ClientReport;
      readonly nextLookAt: number;
    })
  | (At & { readonly kind: 'client-silent'; readonly error: ErrorFacts; readonly nextLookAt: number })
  /** By `/flclient_out`. */
  | (At & { readonly kind: 'client-left' })
  | (At & { readonly kind: 'registered'; readonly taskId: string; readonly api: Api })
  | (At & {
      readonly kind: 'registration-failed';
      readonly error: ErrorFacts;
      readonly nextAttemptAt: number;
    })
  | (At & {
      readonly kind: 'server-manager-heard';
      /** The run that goes on without this device, null for none; left out where the answer does not tell. */
      readonly othersRun?: RunId | null;
    })
  | (At & { readonly kind: 'server-manager-silent'; readonly error: ErrorFacts })
  /** The server manager does not know the device any more. */
  | (At & { readonly kind: 'forgotten'; readonly error: ErrorFacts })
  | (At & { readonly kind: 'news-asked'; readonly nextNewsAt: number })
  | (At & { readonly kind: 'run-offered'; readonly run: Run })
  | (At & { readonly kind: 'run-over'; readonly key: string })
  /** From managers that tell of readiness alone: no FL server waits. */
  | (At & { readonly kind: 'no-run' })
  | (At & { readonly kind: 'start-postponed'; readonly nextAttemptAt: number })
  | (At & { readonly kind: 'start-began'; readonly baseline: Baseline })
  | (At & { readonly kind: 'start-answered' })
  | (At & {
      readonly kind: 'start-failed';
      readonly error: ErrorFacts;
      /** `unheard`: never reached the client; `refused`: for good; else another try may help. */
      readonly outcome: 'unheard' | 'unclear' | 'client-error' | 'refused';
      readonly nextAttemptAt: number;
    })
  /** By `/trainFin` or `/trainFail`. */
  | (At & { readonly kind: 'train-ended'; readonly end: PartEnd; readonly runId: string | null })
  | (At & { readonly kind: 'reported' })
  | (At & { readonly kind: 'report-failed'; readonly error: ErrorFacts; readonly nextAttemptAt: number })
  | (At & { readonly kind: 'time-passed' });

/** The event of a kind. */
export type EventOf<K extends ManagerEvent['kind']> = Extract<ManagerEvent, { kind: K }>;
