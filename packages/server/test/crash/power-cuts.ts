import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { silentLogger } from '@fedops/http-service';
import { createParameters } from '@fedops/parameters';
import { type ClientId, FedOpsError, type RunId } from '@fedops/shared-types';
import { fedAvgM } from '@fedops/strategies';
import {
  type FileSystem,
  FLServer,
  type FLServerSettings,
  openFileModelStore,
  type RunningServer,
} from '../../src/index.js';
import { type LossyFileSystem, lossyFileSystem, type Survival } from '../lossy-file-system.js';
import { type Acknowledged, type Desk, registerAt, sendUpdate, TASK, takePartAt } from './desk-client.js';
import { hastyClock } from './hasty-clock.js';

export interface PowerCuts {
  /** Operation of the disk at which each life of the server ends, counted anew in each; the last life is not cut. */
  readonly at: readonly number[];
  readonly survival: Survival;
  /** A disk that keeps less than it promises. */
  readonly faulty?: (disk: LossyFileSystem) => FileSystem;
}

export interface Survived {
  readonly digest: string;
  readonly version: number;
  /** How many of the cuts came before the server's end. */
  readonly cuts: number;
  /** Of the last life. */
  readonly operations: readonly string[];
}

const CLIENTS = ['c1', 'c2', 'c3'] as ClientId[];
const LONG_MS = 1e9;
const DATA = '/data';

const SETTINGS: FLServerSettings = {
  taskId: TASK,
  runId: 'run' as RunId,
  rounds: 2,
  seed: 1,
  dataDir: DATA,
  listen: { port: 0 },
  selection: { minConnected: CLIENTS.length },
  policy: {
    waitForClientsMs: LONG_MS,
    fitMs: LONG_MS,
    aggregateMs: LONG_MS,
    evaluateMs: LONG_MS,
    publishMs: LONG_MS,
  },
  limits: { leaseMs: LONG_MS, returnWithinMs: LONG_MS, keepRounds: 1 },
};

const SIGNATURE = [{ name: 'w', shape: [9], dtype: 'float32' as const }];

/**
 * Runs a federation on a disk that loses its power, until the run is over; after each loss, whatever a client was
 * told is asked for again.
 *
 * @throws where something acknowledged is gone, the run does not go on, or it publishes twice.
 */
export async function survivePowerCuts({
  at,
  survival,
  faulty = (disk) => disk,
}: PowerCuts): Promise<Survived> {
  const acknowledged: Acknowledged = { updates: [], evaluations: [], finished: [] };
  let disk = lossyFileSystem();
  await disk.makeDirectory(DATA);
  await disk.syncDirectory('/');
  for (let life = 0; ; life++) {
    const cutAt = at[life];
    if (cutAt !== undefined) disk.cutPowerAt(disk.operations.length + cutAt);
    const end = await live(disk, faulty(disk), acknowledged);
    if (end.kind === 'over') {
      await assertPublished(disk.restored(survival), end);
      for (const digest of acknowledged.finished)
        assert(digest === end.digest, 'a client was told another model');
      return { digest: end.digest, version: end.version, cuts: life, operations: disk.operations };
    }
    disk = disk.restored(survival);
  }
}

/** Also after the power is lost once more. */
async function assertPublished(
  disk: LossyFileSystem,
  { digest, version }: Extract<LifeEnd, { kind: 'over' }>,
) {
  const store = await openFileModelStore(join(DATA, 'models'), disk);
  const latest = await store.latest();
  assert(latest?.version === version && latest.parameters.digest === digest, `V${version} was lost`);
}

type LifeEnd =
  | { readonly kind: 'over'; readonly digest: string; readonly version: number }
  | { readonly kind: 'power-cut' };

async function live(disk: LossyFileSystem, files: FileSystem, acknowledged: Acknowledged): Promise<LifeEnd> {
  const isPowerCut = disk.powerCut.then((): LifeEnd => ({ kind: 'power-cut' }));
  const death = new AbortController();
  let started: { readonly server: RunningServer; readonly desk: Desk };
  try {
    started = await startServer(files);
  } catch (error) {
    if (disk.isOff()) return isPowerCut;
    throw error;
  }
  const { server, desk } = started;
  const work = takePartAndEnd(server, desk, acknowledged, death.signal);
  try {
    return await Promise.race([work, isPowerCut, stuck(server, death.signal)]);
  } finally {
    death.abort(new Error('the server is dead'));
    await work.catch(() => undefined);
    await server.close().catch(() => undefined);
  }
}

/** A run that goes on takes milliseconds. */
const STUCK_AFTER_MS = 60_000;

async function stuck(server: RunningServer, signal: AbortSignal): Promise<never> {
  await setTimeout(STUCK_AFTER_MS, undefined, { signal });
  throw new Error(`the run does not go on: ${server.view().state.explanation}`);
}

async function startServer(files: FileSystem) {
  const signature = SIGNATURE;
  const meeting: { desk?: Desk } = {};
  const server = await new FLServer(SETTINGS, {
    strategy: fedAvgM({ serverLearningRate: 1, momentum: 0.5 }),
    initialParameters: createParameters(signature, [new Float32Array(9)]),
    logger: silentLogger,
    clock: hastyClock(),
    files,
    doors: [
      async (parts) => {
        meeting.desk = parts;
        return { url: 'desk', close: async () => {} };
      },
    ],
  }).start();
  return { server, desk: meeting.desk! };
}

async function takePartAndEnd(
  server: RunningServer,
  desk: Desk,
  acknowledged: Acknowledged,
  signal: AbortSignal,
): Promise<LifeEnd> {
  await assertNothingLost(desk, acknowledged);
  const ends = CLIENTS.map((client) => takePartAt(desk, client, acknowledged, signal));
  const settled = await Promise.allSettled(ends);
  for (const end of settled) if (end.status === 'rejected') throw end.reason;
  const outcome = await server.finished;
  if (outcome.status !== 'published') throw outcome.error;
  await server.close();
  return { kind: 'over', digest: outcome.digest, version: outcome.version };
}

async function assertNothingLost({ desk, run }: Desk, { updates, evaluations }: Acknowledged): Promise<void> {
  for (const update of updates) {
    const { key } = update;
    assert(run.runId === key.runId, `run ${run.runId} goes on instead of ${key.runId}`);
    assertKeyIsKnown(desk, key.clientId);
    const { state } = await sendUpdate(desk, update);
    assert(state === 'repeated', `the update of ${key.clientId} in round ${key.round} was lost`);
  }
  for (const { key, evaluation } of evaluations) {
    const state = await desk.receiveEvaluation(key, evaluation).then(
      (answer) => answer.state,
      (error: unknown) => FedOpsError.from(error).code,
    );
    const isKept = state === 'repeated' || state === 'stale-round';
    assert(isKept, `the evaluation of ${key.clientId} in round ${key.round} was lost: ${state}`);
  }
}

/** Who has delivered cannot be replaced by somebody who knows only the id. */
function assertKeyIsKnown(desk: Desk['desk'], client: ClientId): void {
  try {
    registerAt(desk, client, 'a key that somebody made up');
  } catch (error) {
    if (FedOpsError.from(error).code === 'conflict') return;
    throw error;
  }
  throw new Error(`the key of ${client} was lost`);
}

function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
