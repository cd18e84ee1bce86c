import type { ManagedRun, RoundRecord } from '@fedops/shared-types';
import type { RunNews } from '../../manager-api/follow-run.js';
import { type EventLine, lineOfEvent, lineOfPastRound, lineOfRun } from './event-line.js';

/** Puts news of one run into lines, and remembers which rounds it has told. */
export interface EventTeller {
  linesOf(news: RunNews): readonly EventLine[];
}

export function createEventTeller(run: ManagedRun): EventTeller {
  const { taskId, runId, baseVersion, settings } = run;
  const { rounds, fitConfig } = settings;
  let aggregationServer = serverOf(run);
  let toldRound = 0;

  /** Rounds of which nobody told when they happened. */
  function past(history: readonly RoundRecord[], at: string): EventLine[] {
    const untold = history.filter(({ round }) => round > toldRound);
    toldRound = Math.max(toldRound, ...untold.map(({ round }) => round));
    return untold.map((record) => lineOfPastRound({ taskId, runId, rounds }, record, at));
  }

  return {
    linesOf(news) {
      switch (news.kind) {
        case 'run':
          aggregationServer = serverOf(news.run) ?? aggregationServer;
          return [lineOfRun(news.run)];
        case 'view':
          return past(news.view.history, news.view.state.since);
        case 'event': {
          const { event } = news;
          if (event.kind === 'round-closed') toldRound = event.record.round;
          const before = event.kind === 'reset' ? past(event.view.history, event.at) : [];
          const context = { taskId, rounds, baseVersion, fitConfig, aggregationServer };
          return [...before, lineOfEvent(context, event)];
        }
      }
    },
  };
}

function serverOf({ state }: ManagedRun): string | undefined {
  return state.status === 'running' ? state.url : undefined;
}
