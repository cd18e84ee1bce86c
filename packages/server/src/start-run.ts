import type { Parameters } from '@fedops/parameters';
import { FedOpsError, type RunClients, type RunId } from '@fedops/shared-types';
import type { Strategy } from '@fedops/strategies';
import { inIdOrder } from './clients/sample-clients.js';
import type { Clock } from './clock.js';
import type { RunStart } from './engine/run-start.js';
import type { FileSystem } from './files/file-system.js';
import type { PatientDisk } from './files/patient-disk.js';
import { openFileJournal } from './journal/file-journal.js';
import { type Journal, volatileJournal } from './journal/journal.js';
import type { JournalRecord } from './journal/journal-record.js';
import { beganEventLog, type ReplayedRun } from './journal/replay.js';
import type { RunDirectories } from './journal/run-directory.js';
import type { ModelStore } from './model/model-store.js';
import { beginRun } from './run/advance.js';
import { type InitialModel, initialModel } from './run/initial-model.js';
import type { RunPlan } from './run/run-plan.js';
import type { ResolvedServerSettings } from './settings.js';

export interface RunStartParts {
  readonly files: FileSystem;
  readonly clock: Clock;
  readonly disk: PatientDisk;
  readonly store: ModelStore;
  readonly strategy: Strategy;
  readonly initialParameters: () => Promise<Parameters>;
  readonly centralEvaluation: RunPlan['centralEvaluation'];
}

/** A run that ends with its process: there is no directory to keep it in. */
export async function startVolatileRun(
  parts: RunStartParts,
  settings: ResolvedServerSettings,
): Promise<RunStart> {
  const initial = await initialModelFor(parts, settings);
  const plan = planOf(parts, settings, initial, settings.runId ?? firstRunId(initial));
  return { ...begun(plan, initial, parts.clock.now()), journal: volatileJournal };
}

/**
 * The run that the settings name, or the one that was interrupted, or a new one. A named run that is over already
 * starts as such: so a supervisor that starts the same server again gets the same outcome, not another run.
 *
 * @throws {FedOpsError} `conflict` where the settings are not those that the interrupted run began with, the run id
 *   has been used, or the newest version is another than the run is to start from; `storage` where journal or store cannot be read.
 */
export async function startDurableRun(
  parts: RunStartParts,
  settings: ResolvedServerSettings,
  directories: RunDirectories,
): Promise<RunStart> {
  const { runId } = settings;
  const interrupted = await parts.disk.answer('journal', directories.unfinished());
  const named = runId === undefined ? undefined : await parts.disk.answer('journal', directories.find(runId));
  const before = interrupted ?? named;
  return before === undefined
    ? beginDurableRun(parts, settings, directories)
    : resumeRun(parts, settings, directories, before);
}

async function beginDurableRun(
  parts: RunStartParts,
  settings: ResolvedServerSettings,
  directories: RunDirectories,
): Promise<RunStart> {
  const initial = await initialModelFor(parts, settings);
  const runId = settings.runId ?? (await parts.disk.answer('journal', freeRunId(initial, directories)));
  const plan = planOf(parts, settings, initial, runId);
  const at = parts.clock.now();
  const journal = await parts.disk.answer(
    'journal',
    beginJournal(parts.files, directories, { kind: 'run-began', plan, model: initial.model, at }),
    (late) => late.close(),
  );
  return { ...begun(plan, initial, at), journal };
}

async function beginJournal(
  files: FileSystem,
  directories: RunDirectories,
  beginning: Extract<JournalRecord, { kind: 'run-began' }>,
): Promise<Journal> {
  const { runId } = beginning.plan;
  await directories.create(runId);
  const { journal } = await openFileJournal(files, directories.journalPath(runId));
  try {
    await journal.append(beginning);
  } catch (error) {
    await journal.close();
    throw error;
  }
  return journal;
}

async function initialModelFor(
  parts: Pick<RunStartParts, 'disk' | 'store' | 'initialParameters'>,
  { baseVersion }: Pick<ResolvedServerSettings, 'baseVersion'>,
): Promise<InitialModel> {
  const initial = await initialModel(parts);
  if (baseVersion === undefined || baseVersion === initial.baseVersion) return initial;
  throw new FedOpsError(
    'conflict',
    `the run is to start from global model V${baseVersion} (baseVersion), the newest in the store is V${initial.baseVersion}`,
    { details: { baseVersion, newestVersion: initial.baseVersion } },
  );
}

function begun(plan: RunPlan, { model }: InitialModel, at: number): Omit<RunStart, 'journal'> {
  const state = beginRun(plan, model, at);
  return { plan, state, isResumed: false, knownKeys: new Map(), events: beganEventLog(plan, state, at) };
}

async function resumeRun(
  parts: RunStartParts,
  settings: ResolvedServerSettings,
  directories: RunDirectories,
  { plan, state, knownKeys, events }: ReplayedRun,
): Promise<RunStart> {
  const { signature } = await parts.initialParameters();
  const runId = settings.runId ?? plan.runId;
  const { baseVersion = plan.baseVersion } = settings;
  assertSamePlan(plan, planOf(parts, settings, { signature, baseVersion }, runId));
  const { journal } = await parts.disk.answer(
    'journal',
    openFileJournal(parts.files, directories.journalPath(plan.runId)),
    (late) => late.journal.close(),
  );
  return { plan, state, journal, isResumed: true, knownKeys, events };
}

function assertSamePlan(began: RunPlan, wanted: RunPlan): void {
  const names = Object.keys(began) as (keyof RunPlan)[];
  const changed = names.filter((name) => JSON.stringify(began[name]) !== JSON.stringify(wanted[name]));
  if (changed.length === 0) return;
  const listed = changed
    .map((name) => `${name} ${brief(began[name])}, now ${brief(wanted[name])}`)
    .join('; ');
  throw new FedOpsError(
    'conflict',
    `run ${began.runId} was interrupted and goes on only as it began: ${listed}`,
    {
      details: { runId: began.runId, changed },
    },
  );
}

function brief(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}

async function freeRunId(initial: InitialModel, directories: RunDirectories): Promise<RunId> {
  const first = firstRunId(initial);
  let runId = first;
  for (let attempt = 2; await directories.has(runId); attempt++) runId = `${first}-${attempt}` as RunId;
  return runId;
}

/** Named for the version that the run is to publish. */
function firstRunId({ baseVersion }: Pick<InitialModel, 'baseVersion'>): RunId {
  return `v${baseVersion + 1}` as RunId;
}

function planOf(
  { strategy, centralEvaluation }: Pick<RunStartParts, 'strategy' | 'centralEvaluation'>,
  { taskId, rounds, seed, clients, selection, clientEvaluation, policy }: ResolvedServerSettings,
  { signature, baseVersion }: Pick<InitialModel, 'signature' | 'baseVersion'>,
  runId: RunId,
): RunPlan {
  const { name, settings } = strategy;
  return {
    taskId,
    runId,
    rounds,
    seed,
    baseVersion,
    signature,
    strategy: { name, settings: { ...settings } },
    clients: inOrder(clients),
    selection,
    clientEvaluation,
    centralEvaluation,
    policy,
  };
}

/** The same clients are the same plan, in whatever order they were listed. */
function inOrder(clients: RunClients): RunClients {
  return clients.kind === 'any' ? clients : { kind: 'listed', ids: inIdOrder(clients.ids) };
}
