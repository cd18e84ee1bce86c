import type { DemoReport } from './demo-report.js';

/** What should have followed from the client that is killed, and did not; none where all did. */
export function mishapProblems({ killed, joined, rounds, runs }: DemoReport): readonly string[] {
  if (killed === null) return ['no client was killed'];
  const { clientId, runId, round } = killed;
  const hit = rounds.find((one) => one.runId === runId && one.round === round);
  const part = runs.find((run) => run.runId === runId)?.parts[clientId];
  const hasFailed = hit?.failures.some((failure) => failure.clientId === clientId) ?? false;
  return [
    ...(hasFailed ? [] : [`round ${round} of ${runId} does not say that ${clientId} failed`]),
    ...(part?.state === 'train-failed'
      ? []
      : [`the server manager does not know that ${clientId}'s part of ${runId} failed`]),
    ...(tookPartAfter(killed, joined) ? [] : [`no other device has joined after round ${round} of ${runId}`]),
  ];
}

/** Or in an earlier run already, where a client was lost in that. */
function tookPartAfter(
  { runId, round }: NonNullable<DemoReport['killed']>,
  joined: DemoReport['joined'],
): boolean {
  if (joined === null || joined.fromRound === null) return false;
  return joined.runId !== runId || joined.fromRound > round;
}
