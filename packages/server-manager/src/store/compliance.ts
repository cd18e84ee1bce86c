import { deepStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict';
import {
  type ClientId,
  type ClientPart,
  FedOpsError,
  type FedOpsErrorCode,
  type RunId,
  RunSettingsSchema,
  type RunView,
  type TaskId,
} from '@fedops/shared-types';
import type { RunDraft, Store, StoredDevice, StoredRun, StoredTask, StoredVersion } from './store.js';

/** Something that every store does: a sentence, and a check that rejects where a store does not. */
export interface StoreRequirement {
  readonly name: string;
  check(store: Store): Promise<void>;
}

const AT = '2026-11-24T00:00:00.000Z';
const A = 'a' as TaskId;
const B = 'b' as TaskId;
const DIGEST = 'd'.repeat(64);

/** What a {@link Store} must do, for whichever test runner: each check gets an empty store of its own. */
export const storeRequirements: readonly StoreRequirement[] = [
  {
    name: 'keeps tasks, and one of a name only',
    async check(store) {
      await store.tasks.add(task(B));
      await store.tasks.add(task(A));
      await refuses('conflict', store.tasks.add(task(A)));
      await store.tasks.replace({ ...task(A), title: 'new' });
      deepStrictEqual(await store.tasks.list(), [{ ...task(A), title: 'new' }, task(B)]);
      await refuses('not-found', store.tasks.replace(task('c' as TaskId)));
    },
  },
  {
    name: 'removes a task with all that is its own, and nothing of any other task',
    async check(store) {
      for (const taskId of [A, B]) {
        await store.tasks.add(task(taskId));
        await store.devices.put(device(taskId, 'one'));
        const run = await store.runs.begin(draft(taskId, 0));
        await store.runs.replace(failed(run));
        await store.models.add(version(taskId, 1));
        await store.metrics.add([metric(taskId)]);
        await store.parts.put(part(taskId, run.runId, 'train-finished'));
      }
      await store.tasks.remove(A);
      strictEqual((await store.tasks.list()).length, 1);
      deepStrictEqual(
        (await store.devices.load()).devices.map(({ taskId }) => taskId),
        [B],
      );
      deepStrictEqual(
        (await store.runs.list({ limit: 9 })).map(({ taskId }) => taskId),
        [B],
      );
      strictEqual((await store.models.list(A)).length + (await store.metrics.list(all(A))).length, 0);
      strictEqual((await store.models.list(B)).length + (await store.metrics.list(all(B))).length, 2);
    },
  },
  {
    name: 'keeps devices by task and id, and what a sign of life changes',
    async check(store) {
      for (const taskId of [A, B]) await store.tasks.add(task(taskId));
      strictEqual((await store.devices.load()).aliveAt, null);
      await store.devices.put(device(A, 'one'));
      await store.devices.put(device(B, 'one'));
      await store.devices.put({ ...device(A, 'one'), name: 'renamed' });
      const life = {
        lastSeen: 30,
        onlineSince: 20,
        leftAt: 25,
        activity: { kind: 'training' as const, runId: 'r1' as RunId, progress: 0.5 },
      };
      await store.devices.touch(
        [
          { ...life, taskId: A, deviceId: 'one' },
          { ...life, taskId: A, deviceId: 'gone' },
        ],
        40,
      );
      const { devices, aliveAt } = await store.devices.load();
      strictEqual(aliveAt, 40);
      deepStrictEqual(
        new Set(devices),
        new Set([{ ...device(A, 'one'), name: 'renamed', ...life }, device(B, 'one')]),
      );
      await store.devices.remove(A, 'one');
      deepStrictEqual((await store.devices.load()).devices, [device(B, 'one')]);
    },
  },
  {
    name: 'begins one run at a time for each task, with an id that no other run ever had',
    async check(store) {
      for (const taskId of [A, B]) await store.tasks.add(task(taskId));
      const first = await store.runs.begin(draft(A, 0));
      const error = await refuses('conflict', store.runs.begin(draft(A, 0)));
      strictEqual(error.details.runId, first.runId);
      const other = await store.runs.begin(draft(B, 0));
      ok(other.runId !== first.runId);
      await store.runs.replace(failed(first));
      const second = await store.runs.begin(draft(A, 0));
      ok(![first.runId, other.runId].includes(second.runId));
      deepStrictEqual(await store.runs.get(first.runId), failed(first));
      strictEqual(await store.runs.get('r999' as RunId), undefined);
      strictEqual(await store.runs.get('none' as RunId), undefined);
    },
  },
  {
    name: 'begins just one of many runs of a task that are asked for at once',
    async check(store) {
      await store.tasks.add(task(A));
      const begun = await Promise.allSettled(Array.from({ length: 8 }, () => store.runs.begin(draft(A, 0))));
      strictEqual(begun.filter(({ status }) => status === 'fulfilled').length, 1);
    },
  },
  {
    name: 'gives a port to one run, until that run lets go of it',
    async check(store) {
      for (const taskId of [A, B]) await store.tasks.add(task(taskId));
      const first = await store.runs.begin(draft(A, 40_026));
      await refuses('overloaded', store.runs.begin(draft(B, 40_026)));
      await store.runs.replace({ ...failed(first), port: 40_026 });
      await refuses('overloaded', store.runs.begin(draft(B, 40_026)));
      deepStrictEqual(
        (await store.runs.unfinished()).map(({ runId }) => runId),
        [first.runId],
      );
      await store.runs.replace(failed(first));
      strictEqual((await store.runs.unfinished()).length, 0);
      strictEqual((await store.runs.begin(draft(B, 40_026))).port, 40_026);
    },
  },
  {
    name: 'lists runs newest first, of one task or of all, page by page',
    async check(store) {
      for (const taskId of [A, B]) await store.tasks.add(task(taskId));
      const ids: RunId[] = [];
      for (const taskId of [A, B, A]) {
        const run = await store.runs.begin(draft(taskId, 0));
        await store.runs.replace(failed(run));
        ids.unshift(run.runId);
      }
      const listed = async (query: Parameters<typeof store.runs.list>[0]) =>
        (await store.runs.list(query)).map(({ runId }) => runId);
      deepStrictEqual(await listed({ limit: 9 }), ids);
      deepStrictEqual(await listed({ taskId: A, limit: 9 }), [ids[0], ids[2]]);
      deepStrictEqual(await listed({ limit: 1, before: ids[0]! }), [ids[1]]);
    },
  },
  {
    name: 'keeps the last view of a run',
    async check(store) {
      await store.tasks.add(task(A));
      const { runId } = await store.runs.begin(draft(A, 0));
      strictEqual(await store.runs.view(runId), undefined);
      const seen = view(A, runId);
      await store.runs.putView(runId, seen);
      deepStrictEqual(await store.runs.view(runId), seen);
    },
  },
  {
    name: "keeps the first word on how a client's training ended, and lets one that left come back",
    async check(store) {
      await store.tasks.add(task(A));
      const runId = 'r1' as RunId;
      strictEqual((await store.parts.put(part(A, runId, 'out'))).state, 'out');
      strictEqual((await store.parts.put(part(A, runId, 'train-failed'))).state, 'train-failed');
      strictEqual((await store.parts.put(part(A, runId, 'train-finished'))).state, 'train-failed');
      strictEqual((await store.parts.put(part(A, runId, 'out'))).state, 'train-failed');
      deepStrictEqual(await store.parts.list(A, runId), [part(A, runId, 'train-failed')]);
      strictEqual((await store.parts.list(A, 'r2' as RunId)).length, 0);
    },
  },
  {
    name: 'keeps versions newest first, and never two of a number',
    async check(store) {
      await store.tasks.add(task(A));
      strictEqual(await store.models.latestNumber(A), 0);
      for (const number of [1, 2, 2]) await store.models.add(version(A, number));
      strictEqual(await store.models.latestNumber(A), 2);
      await refuses('conflict', store.models.add({ ...version(A, 2), digest: 'e'.repeat(64) }));
      deepStrictEqual(await store.models.list(A), [version(A, 2), version(A, 1)]);
    },
  },
  {
    name: 'keeps rows of metrics in their order, and finds them by kind, run and client',
    async check(store) {
      await store.tasks.add(task(A));
      const [first, second] = await store.metrics.add([
        metric(A),
        { ...metric(A), kind: 'test', clientId: 'c2' as ClientId },
      ]);
      ok(first !== undefined && second !== undefined && first.id < second.id);
      deepStrictEqual(await store.metrics.list(all(A)), [first, second]);
      deepStrictEqual(await store.metrics.list({ ...all(A), kind: 'test' }), [second]);
      deepStrictEqual(await store.metrics.list({ ...all(A), clientId: 'c1' }), [first]);
      deepStrictEqual(await store.metrics.list({ ...all(A), runId: 'r2' as RunId }), []);
      deepStrictEqual(await store.metrics.list({ ...all(A), after: first.id }), [second]);
      deepStrictEqual(await store.metrics.list({ ...all(A), limit: 1 }), [first]);
    },
  },
  {
    name: 'keeps one row of a model for each task, run, round and version',
    async check(store) {
      await store.tasks.add(task(A));
      const row = { ...metric(A), kind: 'model' as const, clientId: null, version: 1 };
      await store.metrics.putModelRow(row);
      await store.metrics.putModelRow({ ...row, values: { gl_loss: 0.1 } });
      await store.metrics.putModelRow({ ...row, round: 2 });
      deepStrictEqual(
        (await store.metrics.list(all(A))).map(({ round, values }) => [round, values]),
        [
          [1, { gl_loss: 0.1 }],
          [2, row.values],
        ],
      );
    },
  },
  {
    name: 'removes the oldest rows of metrics, so many at a time, and none that is younger',
    async check(store) {
      await store.tasks.add(task(A));
      const at = (day: number) => `2026-11-2${day}T00:00:00.000Z`;
      await store.metrics.add([1, 2, 3, 4].map((day) => ({ ...metric(A), at: at(day) })));
      strictEqual(await store.metrics.removeBefore(at(1), 10), 0);
      strictEqual(await store.metrics.removeBefore(at(4), 2), 2);
      strictEqual(await store.metrics.removeBefore(at(4), 2), 1);
      deepStrictEqual(
        (await store.metrics.list(all(A))).map((row) => row.at),
        [at(4)],
      );
    },
  },
  {
    name: 'adds rows of metrics all or none',
    async check(store) {
      await store.tasks.add(task(A));
      await rejects(store.metrics.add([metric(A), metric('unknown' as TaskId)]));
      strictEqual((await store.metrics.list(all(A))).length, 0);
    },
  },
];

async function refuses(code: FedOpsErrorCode, work: Promise<unknown>): Promise<FedOpsError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  ok(FedOpsError.is(error), `expected a refusal with ${code}`);
  strictEqual(error.code, code);
  return error;
}

function task(taskId: TaskId): StoredTask {
  return {
    taskId,
    title: 'A task',
    server: { kind: 'managed' },
    run: RunSettingsSchema.parse({}),
    trigger: { kind: 'manual' },
    bestBy: null,
    initialModel: { digest: DIGEST, byteLength: 128, signatureDigest: DIGEST, tensors: 1 },
    signature: [{ name: 'w', shape: [2], dtype: 'float32' }],
    serverReport: null,
    createdAt: AT,
  };
}

function device(taskId: TaskId, deviceId: string): StoredDevice {
  return {
    taskId,
    deviceId,
    clientId: null,
    name: 'a name',
    mac: '02:00:00:00:00:01',
    origin: 'v1',
    keyHash: DIGEST,
    tokenHash: DIGEST,
    clusterId: 0,
    activity: { kind: 'idle' },
    registeredAt: 10,
    lastSeen: 10,
    onlineSince: 10,
    leftAt: null,
  };
}

function draft(taskId: TaskId, port: number): RunDraft {
  return {
    taskId,
    settings: RunSettingsSchema.parse({}),
    baseVersion: 0,
    startedBy: 'operator',
    createdAt: AT,
    restarts: 0,
    state: { status: 'starting', since: AT, deadline: AT },
    port,
    tokenHash: DIGEST,
  };
}

function failed(run: StoredRun): StoredRun {
  return {
    ...run,
    port: null,
    state: { status: 'failed', since: AT, reason: 'stopped', message: 'stopped' },
  };
}

function view(taskId: TaskId, runId: RunId): RunView {
  return {
    taskId,
    runId,
    round: 1,
    rounds: 3,
    baseVersion: 0,
    nextVersion: 1,
    state: {
      phase: 'fitting',
      reason: 'updates-missing',
      explanation: 'waits',
      since: AT,
      deadline: AT,
      waitingFor: ['c1' as ClientId],
    },
    clients: [],
    history: [],
    published: null,
  };
}

function part(taskId: TaskId, runId: RunId, state: ClientPart['state']): ClientPart {
  return { taskId, runId, clientId: 'c1' as ClientId, state, reason: null, at: AT };
}

function version(taskId: TaskId, number: number): StoredVersion {
  return {
    taskId,
    version: number,
    runId: `r${number}` as RunId,
    baseVersion: number - 1,
    digest: DIGEST,
    byteLength: 128,
    signatureDigest: DIGEST,
    signature: [{ name: 'w', shape: [2], dtype: 'float32' }],
    metrics: { accuracy: 0.5 },
    publishedAt: AT,
    manifest: { kind: 'global-model', version: number },
  };
}

function metric(taskId: TaskId) {
  return {
    taskId,
    at: AT,
    kind: 'train' as const,
    runId: 'r1' as RunId,
    clientId: 'c1' as ClientId,
    round: 1,
    version: null,
    values: { train_loss: 0.25 },
  };
}

function all(taskId: TaskId) {
  return { taskId, after: 0, limit: 100 };
}
