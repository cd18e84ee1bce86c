import type { DemoEvent, DemoState } from '../federation/demo-state.js';

/** Where a demo shows how it fares. */
export interface Screen {
  /** Something happened; `before` is what was known until then. */
  show(event: DemoEvent, state: DemoState, before: DemoState): void;
  /** A line that stays. */
  print(line: string): void;
  /** Leaves the lines that stay, and lets go of the terminal. */
  close(): void;
}
