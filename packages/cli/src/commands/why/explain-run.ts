import { adviceAfterFailure, adviceWithin } from './advice.js';
import { deadlineIn } from './deadline-in.js';
import type { Explanation, WhyFacts } from './explanation.js';

/** Why a run is where it is, whatever its state. Pure. */
export function explainRun(facts: WhyFacts): Explanation {
  const { run } = facts;
  const { runId, taskId, state } = run;
  const common = { runId, taskId, status: state.status, since: state.since, waitingFor: [] };
  switch (state.status) {
    case 'starting':
      return {
        ...common,
        reason: run.restarts === 0 ? 'server-starts' : 'server-starts-again',
        explanation:
          run.restarts === 0
            ? 'its FL server is being started'
            : `its FL server is being started again after a crash (${run.restarts} of ${run.settings.serverRestarts} restarts), to go on where it was`,
        until: state.deadline,
        atDeadline: 'it fails with server-not-ready',
        advice: [`Wait; if it lasts, read the log of the FL server: fedops run log ${runId}`],
      };
    case 'running':
      return explainRunning(facts, common);
    case 'suspended':
      return {
        ...common,
        reason: state.reason,
        explanation: state.message,
        until: state.deadline,
        atDeadline: `its FL server is started again, to go on where it was (${state.attempt} of ${state.attempts})`,
        advice: [
          'Make room on the disk of the server manager, or mend it; nothing that was counted is lost.',
          `To give the run up: fedops run stop ${runId}`,
        ],
      };
    case 'stopping':
      return {
        ...common,
        reason: 'stopping',
        explanation: `it was told to stop (${state.message}), and its FL server writes its end down`,
        until: state.deadline,
        atDeadline: 'the FL server is ended by force',
        advice: ['Wait: it is over soon.'],
      };
    case 'published':
      return {
        ...common,
        reason: 'published',
        explanation: `it is over, and published V${state.version}`,
        until: null,
        atDeadline: null,
        advice: [
          `Get the model: fedops model get ${taskId} ${state.version}`,
          `Begin the next run from it: fedops run start ${taskId}`,
        ],
      };
    case 'failed':
      return {
        ...common,
        reason: state.reason,
        explanation: `it is over, and failed: ${state.message}`,
        until: null,
        atDeadline: null,
        advice: adviceAfterFailure(run, state.reason),
      };
  }
}

type Common = Pick<Explanation, 'runId' | 'taskId' | 'status' | 'since' | 'waitingFor'>;

function explainRunning(facts: WhyFacts, common: Common): Explanation {
  const { run, within } = facts;
  const { state, runId } = run;
  if (state.status !== 'running' || within === 'unreachable' || within === undefined) {
    const url = 'url' in state ? state.url : 'its FL server';
    return {
      ...common,
      reason: 'server-unreachable',
      explanation: `its FL server should take requests at ${url}, and cannot be reached by the manager`,
      until: 'deadline' in state ? state.deadline : null,
      atDeadline: 'the run is ended as run-too-long',
      advice: [
        'If the process is gone, the manager finds out within seconds: ask again.',
        `Read its log: fedops run log ${runId}`,
        `If it hangs, end the run: fedops run stop ${runId}`,
      ],
    };
  }
  return {
    ...common,
    reason: within.state.reason,
    explanation: whereItIs(within),
    since: within.state.since,
    ...deadlineIn(within),
    waitingFor: within.state.waitingFor,
    advice: adviceWithin(within, facts),
  };
}

function whereItIs({
  state,
  openRound,
  rounds,
}: Exclude<WhyFacts['within'], 'unreachable' | undefined>): string {
  if (openRound === undefined) return state.explanation;
  const attempt = openRound.attempt > 1 ? `, attempt ${openRound.attempt}` : '';
  return `round ${openRound.round} of ${rounds}${attempt}: ${state.explanation}`;
}
