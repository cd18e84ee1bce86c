import type { WriteStream } from 'node:tty';
import { createLogUpdate } from 'log-update';
import type { DemoState } from '../federation/demo-state.js';
import { eventLines } from './event-lines.js';
import { frame } from './frame.js';
import type { Screen } from './screen.js';

const REDRAW_EVERY_MS = 200;

/** A terminal: past rounds stay, and below them the run and a bar for each client are drawn anew. */
export function createLiveScreen(stream: WriteStream, now: () => number): Screen {
  const draw = createLogUpdate(stream);
  let latest: DemoState | undefined;
  const redraw = () => {
    if (latest !== undefined) draw(frame(latest, now()).join('\n'));
  };
  // Seconds go by without an event.
  const timer = setInterval(redraw, REDRAW_EVERY_MS);

  return {
    print: (line) => draw.persist(line),
    show(event, state, before) {
      const isFirst = latest === undefined;
      latest = state;
      for (const line of eventLines(event, before)) draw.persist(line);
      if (isFirst) redraw();
    },
    close() {
      clearInterval(timer);
      draw.clear();
      draw.done();
    },
  };
}
