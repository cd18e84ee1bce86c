import { viewAfter } from '@fedops/run-reader';
import type { RoundRecord, RunEvent, RunView } from '@fedops/shared-types';
import { isOver, type RunNews } from '../../manager-api/follow-run.js';
import type { Output } from '../../output/output.js';
import type { ProgressBar } from '../../output/progress.js';
import { roundLine } from './round-line.js';
import { roundProgress } from './round-progress.js';
import { stateText } from './run-words.js';

/** Shows what happens to a run: a bar for the open round, a line for each that is past. */
export interface RunScreen {
  hear(news: RunNews): void;
  close(): void;
}

/** Steps of a bar. */
const STEPS = 1_000;

export function createRunScreen(output: Output): RunScreen {
  let view: RunView | undefined;
  let shownRound = 0;
  let bar: (ProgressBar & { readonly round: number }) | undefined;

  function hear(news: RunNews): void {
    if (output.format === 'json') output.item(news.kind === 'event' ? news.event : news, () => '');
    else if (news.kind === 'event') show(news.event);
    else if (news.kind === 'view') showRounds(news.view);
    else if (!isOver(news.run)) say(`run ${news.run.runId} is ${stateText(news.run)}`);
  }

  function show(event: RunEvent): void {
    view = viewAfter(view, event);
    if (event.kind === 'reset') showRounds(event.view);
    if (event.kind === 'round-closed' || event.kind === 'round-failed') showRound(event.record);
    if (event.kind === 'run-resumed') say('the FL server is back');
    if (event.kind === 'run-suspended') say(`the run is suspended: ${event.message}`);
    draw();
  }

  function showRounds({ history }: RunView): void {
    for (const record of history) showRound(record);
  }

  function showRound(record: RoundRecord): void {
    // The initial model's measurement is a round 0; a failed round has the number of its next attempt.
    if (record.round <= shownRound && record.outcome.kind === 'closed') return;
    if (record.outcome.kind === 'closed') shownRound = record.round;
    say(roundLine(record));
  }

  /** A line above the bar, which is drawn anew below it. */
  function say(line: string): void {
    closeBar();
    output.item(line, (words) => words);
  }

  function draw(): void {
    const progress = view === undefined ? undefined : roundProgress(view);
    const round = view?.openRound?.round;
    if (view === undefined || progress === undefined || round === undefined) {
      closeBar();
      return;
    }
    if (bar?.round !== round) {
      closeBar();
      bar = { ...output.progress({ title: `round ${round}/${view.rounds}`, total: STEPS }), round };
    }
    bar.update(Math.round(progress.share * STEPS), progress.note);
  }

  function closeBar(): void {
    bar?.close();
    bar = undefined;
  }

  return { hear, close: closeBar };
}
