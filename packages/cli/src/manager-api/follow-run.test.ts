import { FedOpsError, type ManagedRun, type RunEvent } from '@fedops/shared-types';
import { expect, it } from '@jest/globals';
import { followRun, type RunNews } from './follow-run.js';

const at = '2026-11-24T12:00:00.000Z';
const running = {
  runId: 'r1',
  state: { status: 'running', since: at, deadline: at, url: 'http://127.0.0.1:1', port: 1, pid: 1 },
} as unknown as ManagedRun;
const published = {
  runId: 'r1',
  state: { status: 'published', since: at, version: 1 },
} as unknown as ManagedRun;
const away = new FedOpsError('unavailable', 'the manager is away');

function event(id: string, kind: RunEvent['kind'] = 'aggregation-began'): RunEvent {
  return { id, kind, at, runId: 'r1', round: 1, deadline: at } as unknown as RunEvent;
}

interface Script {
  /** What the manager answers each time that it is asked; the last one for ever. */
  readonly answers: readonly (ManagedRun | FedOpsError)[];
  /** The events of each stream, and what ends it. */
  readonly streams: readonly (readonly (RunEvent | FedOpsError)[])[];
}

/** Time passes by sleeping alone; a sleep lets the streams go on. */
async function followed({ answers, streams }: Script, signal = new AbortController().signal) {
  const heard: RunNews[] = [];
  const asked: (string | undefined)[] = [];
  let question = 0;
  const manager = {
    api: {
      async getRun() {
        const answer = answers[Math.min(question++, answers.length - 1)]!;
        if (FedOpsError.is(answer)) throw answer;
        return answer;
      },
      viewRun: async () => ({ history: [] }),
    },
    readRun: () => ({
      async *events({ after }: { after?: string }) {
        asked.push(after);
        for (const one of streams[asked.length - 1] ?? [away]) {
          if (FedOpsError.is(one)) throw one;
          yield one;
        }
        throw away;
      },
    }),
  };
  const clock = {
    now: () => 0,
    sleep: async () => {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    },
  };
  const result = await followRun(
    { manager: manager as never, clock, hear: (news) => heard.push(news) },
    running,
    { signal },
  ).catch((error: unknown) => FedOpsError.from(error).code);
  const ids = heard.flatMap((news) => (news.kind === 'event' ? [news.event.id] : []));
  return { result, heard, ids, asked };
}

it('goes on after the last event where the stream broke', async () => {
  const streams = [[event('k-1.0'), event('k-2.0'), away], [event('k-3.0', 'version-published')]];

  const { ids, asked, result } = await followed({ answers: [running, running, published], streams });

  expect(ids).toEqual(['k-1.0', 'k-2.0', 'k-3.0']);
  expect(asked).toEqual([undefined, 'k-2.0']);
  expect(result).toBe(published);
});

it('waits for a manager that is away, and tells the same news once', async () => {
  const streams = [[event('k-1.0', 'version-published')]];

  const { heard, result } = await followed({ answers: [running, away, away, running, published], streams });

  expect(result).toBe(published);
  expect(heard.map(({ kind }) => kind)).toEqual(['run', 'event', 'run']);
});

it('gives up on a manager that is away for more than a minute', async () => {
  expect((await followed({ answers: [away], streams: [] })).result).toBe('unavailable');
});

it('tells how the run was where its end was not heard', async () => {
  const { heard } = await followed({ answers: [running, published], streams: [] });
  expect(heard.map(({ kind }) => kind)).toEqual(['run', 'view', 'run']);
});

it('ends with what is refused, rather than ask again', async () => {
  const refused = new FedOpsError('permission-denied', 'no');
  expect((await followed({ answers: [running], streams: [[refused]] })).result).toBe('permission-denied');
});

it('ends when it is told to', async () => {
  const ending = new AbortController();
  ending.abort();
  const aborting = { answers: [new FedOpsError('aborted', 'the call was aborted')], streams: [] };
  expect((await followed(aborting, ending.signal)).result).toBe('aborted');
});
