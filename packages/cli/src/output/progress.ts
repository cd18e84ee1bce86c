import cliProgress from 'cli-progress';
import type { CommandContext } from '../context.js';
import { printable } from './printable.js';

/** How far a long piece of work is. */
export interface ProgressBar {
  /** @param note What stands behind the figures: the phase, the speed. */
  update(done: number, note?: string): void;
  /** Takes the bar off the screen. Safe to call twice. */
  close(): void;
}

export interface ProgressSettings {
  readonly title: string;
  /** What counts as all of it, in the unit of `update`. */
  readonly total: number;
}

const NO_BAR: ProgressBar = { update: () => {}, close: () => {} };

/** A bar on standard error where that is a terminal; otherwise nothing is shown. */
export function openProgressBar(
  { stderr, env }: Pick<CommandContext, 'stderr' | 'env'>,
  { title, total }: ProgressSettings,
): ProgressBar {
  if (stderr.isTTY !== true || env.TERM === 'dumb') return NO_BAR;
  const bar = new cliProgress.SingleBar({
    stream: stderr as NodeJS.WritableStream,
    format: `${printable(title)} [{bar}] {percentage}% {note}`,
    barCompleteChar: '=',
    barIncompleteChar: ' ',
    clearOnComplete: true,
    hideCursor: null,
    linewrap: false,
  });
  bar.start(total, 0, { note: '' });
  return {
    update: (done, note = '') => bar.update(Math.min(done, total), { note: printable(note) }),
    close: () => bar.stop(),
  };
}
