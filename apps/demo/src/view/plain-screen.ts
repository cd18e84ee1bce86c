import { eventLines } from './event-lines.js';
import { runLine } from './run-line.js';
import type { Screen } from './screen.js';

/** Plain lines, for an output that is no terminal: what happens, and each thing that the run does or waits for. */
export function createPlainScreen(write: (text: string) => void, now: () => number): Screen {
  const print = (line: string) => write(`${line}\n`);
  return {
    print,
    show(event, _state, before) {
      for (const line of eventLines(event, before)) print(line);
      if (event.kind !== 'run-state') return;
      if (before.run?.explanation === event.state.explanation) return;
      print(runLine(event.state, now()));
    },
    close: () => {},
  };
}
