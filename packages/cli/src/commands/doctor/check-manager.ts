import { durationText } from '@fedops/run-reader';
import { FedOpsError } from '@fedops/shared-types';
import { isOver } from '../../manager-api/follow-run.js';
import type { ManagerLine } from '../../manager-api/manager-line.js';
import type { Check } from './check.js';
import { checkVersion } from './check-version.js';

export interface ManagerCheckParts {
  readonly manager: ManagerLine;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Whether somebody named the manager, so that one is expected to answer. */
  readonly isNamed: boolean;
  /** Version of a manager that goes with this command line. */
  readonly knownVersion: string;
  readonly signal: AbortSignal;
}

/** Whether the server manager answers, of which version it is, what its clock says, whether the token is good, and whether its FL servers answer. */
export async function checkManager(parts: ManagerCheckParts): Promise<readonly Check[]> {
  const { manager, now, isNamed, knownVersion, signal } = parts;
  const name = 'server manager';
  const before = now();
  let answer: Response;
  try {
    answer = await manager.ask({ path: '/healthz', signal });
    await answer.body?.cancel();
  } catch (error) {
    return [
      {
        name,
        status: isNamed ? 'fail' : 'warn',
        message: `${manager.url}: ${FedOpsError.from(error).message}`,
        advice: 'start one (fedops manager, or fedops dev), or name another (--manager)',
      },
    ];
  }
  const after = now();
  return [
    { name, status: 'ok', message: `answers at ${manager.url}` },
    await checkVersion(manager, knownVersion, signal),
    judgeClock(Date.parse(answer.headers.get('Date') ?? ''), before, after),
    ...(await checkToken(manager, signal)),
  ];
}

/** Clocks are told apart by whole seconds only, as the `Date` header has no more. */
const CLOCK_WARN_MS = 10_000;

/** How far the manager's clock is from ours. Pure. @param told Milliseconds since the epoch, or NaN. */
export function judgeClock(told: number, before: number, after: number): Check {
  const name = 'clock';
  if (Number.isNaN(told)) return { name, status: 'warn', message: 'the manager does not tell the time' };
  const offset = told + 500 - (before + after) / 2;
  const far = Math.abs(offset);
  if (far <= CLOCK_WARN_MS) return { name, status: 'ok', message: 'agrees with that of the manager' };
  return {
    name,
    status: 'warn',
    message: `the manager's is ${durationText(far)} ${offset > 0 ? 'ahead' : 'behind'}`,
    advice: 'let both machines set their clocks by NTP; deadlines hold all the same, but times shown are off',
  };
}

async function checkToken(manager: ManagerLine, signal: AbortSignal): Promise<readonly Check[]> {
  try {
    const runs = await manager.api.listRuns({ limit: 100, signal });
    const running = runs.filter((run) => !isOver(run) && run.state.status === 'running');
    const servers = await Promise.all(running.map(({ runId }) => checkServer(manager, runId, signal)));
    return [{ name: 'token', status: 'ok', message: 'the manager takes us for an operator' }, ...servers];
  } catch (error) {
    const { code, message } = FedOpsError.from(error);
    const advice =
      code === 'unauthenticated' || code === 'permission-denied'
        ? "show the operator's token: FEDOPS_ADMIN_TOKEN, or a file that holds it (--token-file)"
        : undefined;
    return [
      {
        name: 'token',
        status: 'fail',
        message: `${code}: ${message}`,
        ...(advice !== undefined && { advice }),
      },
    ];
  }
}

async function checkServer({ api }: ManagerLine, runId: string, signal: AbortSignal): Promise<Check> {
  const name = `FL server of ${runId}`;
  try {
    const { state } = await api.viewRun(runId, { signal });
    return { name, status: 'ok', message: `answers: ${state.explanation}` };
  } catch (error) {
    return {
      name,
      status: 'fail',
      message: FedOpsError.from(error).message,
      advice: `fedops why ${runId}`,
    };
  }
}
