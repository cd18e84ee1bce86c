import type { ManagedRun, RoundRecord } from '@fedops/shared-types';
import type { RunNews } from '../../manager-api/follow-run.js';
import { type EventLine, lineOfEvent, lineOfPastRound, lineOfRun } from './event-line.js';

/** Puts news of one run into lines, and remembers which rounds it has told. */
export interface EventTeller {
  linesOf(news: RunNews): readonly EventLine[];
}

export function createEventTeller({ taskId, runId, settings }: ManagedRun): EventTeller {
  const context = { taskId, runId, rounds: settings.rounds };
  let toldRound = 0;

  /** Rounds of which nobody told when they happened. */
  function past(history: readonly RoundRecord[], at: string): EventLine[] {
    const untold = history.filter(({ round }) => round > toldRound);
    toldRound = Math.max(toldRound, ...untold.map(({ round }) => round));
    return untold.map((record) => lineOfPastRound(context, record, at));
  }

  return {
    linesOf(news) {
      switch (news.kind) {
        case 'run':
          return [lineOfRun(news.run)];
        case 'view':
          return past(news.view.history, news.view.state.since);
        case 'event': {
          const { event } = news;
          if (event.kind === 'round-closed') toldRound = event.record.round;
          const before = event.kind === 'reset' ? past(event.view.history, event.at) : [];
          return [...before, lineOfEvent(context, event)];
        }
      }
    },
  };
}
