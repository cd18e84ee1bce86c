import {
  type ClientId,
  type ClientPart,
  type RunId,
  RunSettingsSchema,
  type RunView,
  type TaskId,
} from '@fedops/shared-types';
import type { RunDraft, StoredDevice, StoredRun, StoredTask, StoredVersion } from '../store.js';

const AT = '2026-11-24T00:00:00.000Z';
export const A = 'a' as TaskId;
export const B = 'b' as TaskId;
const DIGEST = 'd'.repeat(64);

/** A task of this id. */
export function task(taskId: TaskId): StoredTask {
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

/** A device of a task. */
export function device(taskId: TaskId, deviceId: string): StoredDevice {
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

/** A run that is to begin. */
export function draft(taskId: TaskId, port: number, flowerPort: number | null = null): RunDraft {
  return {
    taskId,
    settings: RunSettingsSchema.parse({}),
    baseVersion: 0,
    startedBy: 'operator',
    createdAt: AT,
    restarts: 0,
    state: { status: 'starting', since: AT, deadline: AT },
    port,
    flowerPort,
    standstills: 0,
    tokenHash: DIGEST,
  };
}

/** The run after its end as failed; it holds no port. */
export function failed(run: StoredRun): StoredRun {
  return {
    ...run,
    port: null,
    flowerPort: null,
    state: { status: 'failed', since: AT, reason: 'stopped', message: 'stopped' },
  };
}

/** A view of a run that goes on. */
export function view(taskId: TaskId, runId: RunId): RunView {
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

/** How the part of client `c1` ended. */
export function part(taskId: TaskId, runId: RunId, state: ClientPart['state']): ClientPart {
  return { taskId, runId, clientId: 'c1' as ClientId, state, reason: null, at: AT };
}

/** A published version. */
export function version(taskId: TaskId, number: number): StoredVersion {
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

/** A row of measurements, without its id. */
export function metric(taskId: TaskId) {
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

/** The query for all rows of a task. */
export function all(taskId: TaskId) {
  return { taskId, after: 0, limit: 100 };
}
