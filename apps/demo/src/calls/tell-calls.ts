import type { ParentLine } from '../processes/parent-line.js';
import { type CallCounts, NO_CALLS } from './call-counts.js';
import { onCalls } from './count-calls.js';

/** Tells the parent of this process's calls, those of one turn of the event loop together. */
export function tellCalls(parent: ParentLine): void {
  let untold: CallCounts = NO_CALLS;
  onCalls((call) => {
    if (untold === NO_CALLS) {
      setImmediate(() => {
        parent.tell({ kind: 'calls', calls: untold });
        untold = NO_CALLS;
      });
    }
    untold = { ...untold, [call]: untold[call] + 1 };
  });
}
