import type { RunReport } from '../report/reporter.js';
import type { RunState } from '../run/run-state.js';

/** What each new state of a run has to tell that was not told before. */
export function runReports(start: RunState): (state: RunState) => readonly RunReport[] {
  let told = new Set(start.history);
  const began = start.phase === 'in-round' ? start.round.began : 0;
  return (state) => {
    const untold = state.history.filter((record) => !told.has(record));
    const reports: RunReport[] = untold.map((record) => ({ kind: 'round-ended', record }));
    told = new Set(state.history);
    if (state.phase === 'finished') {
      const seconds = (state.since - began) / 1000;
      reports.push({
        kind: 'run-published',
        version: state.version,
        digest: state.model.parameters.digest,
        seconds,
      });
    }
    if (state.phase === 'failed') {
      const seconds = (state.since - began) / 1000;
      reports.push({ kind: 'run-failed', reason: state.reason, message: state.message, seconds });
    }
    return reports;
  };
}
