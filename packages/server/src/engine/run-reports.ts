import type { RunReport } from '../report/reporter.js';
import type { RunState } from '../run/run-state.js';

/** What each new state of a run has to tell that was not told before. */
export function runReports(start: RunState): (state: RunState) => readonly RunReport[] {
  let told = start.history.length;
  const began = start.phase === 'in-round' ? start.round.began : 0;
  return (state) => {
    const reports: RunReport[] = state.history.slice(told).map((record) => ({ kind: 'round-ended', record }));
    told = state.history.length;
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
