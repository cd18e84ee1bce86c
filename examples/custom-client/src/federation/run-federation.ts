import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isActive, type Session, type SessionState } from '@fedops/client-session';
import { silentLogger } from '@fedops/http-service';
import {
  createMemoryModelStore,
  FLServer,
  type RunningServer,
  type RunOutcome,
  readParameters,
} from '@fedops/server';
import { type ClientId, FedOpsError, type RoundRecord, type Sha256, type TaskId } from '@fedops/shared-types';
import { fedAvg } from '@fedops/strategies';
import type { Airport } from '../airports/airport.js';
import { type CustomClient, startCustomClient } from '../client/custom-client.js';
import type { FitConfig } from '../client/fit-config.js';
import { createStrikeTrainer } from '../client/strike-trainer.js';
import type { LogisticModel } from '../model/logistic-regression.js';
import { modelOf, parametersOf, untrainedModel } from '../model/strike-model.js';

export interface FederationSettings {
  readonly rounds: number;
  readonly seed: number;
  readonly fit: FitConfig;
}

/** What came of a federation. */
export interface Federation {
  readonly model: LogisticModel;
  readonly version: number;
  readonly sha256: string;
  readonly history: readonly RoundRecord[];
}

const TASK_ID = 'bird-strikes' as TaskId;

/**
 * Runs one federation: an FL server and a client for each airport, each on a loopback port of its own. They share this
 * process and nothing else; whatever they say to one another goes over HTTP.
 *
 * @throws {FedOpsError} The server's error where the run fails; the client's where one does.
 */
export async function runFederation(
  airports: readonly Airport[],
  settings: FederationSettings,
): Promise<Federation> {
  const store = createMemoryModelStore();
  const directory = await mkdtemp(join(tmpdir(), 'fedops-custom-client-'));
  const server = await serverFor(airports.length, settings, store);
  const clients: CustomClient[] = [];
  try {
    for (const airport of airports) clients.push(await clientOf(airport, server.url, directory));
    const [outcome] = await Promise.all([server.finished, ...clients.map(takePart)]);
    const { version, digest } = published(outcome);
    const model = modelOf(await readParameters(store, digest));
    return { model, version, sha256: digest, history: server.view().history };
  } finally {
    await Promise.all(clients.map(leave));
    await server.close();
    await rm(directory, { recursive: true, force: true });
  }
}

function serverFor(
  clientCount: number,
  { rounds, seed, fit }: FederationSettings,
  store: ReturnType<typeof createMemoryModelStore>,
): Promise<RunningServer> {
  const everybody = { minClients: clientCount, minConnected: clientCount };
  return new FLServer(
    {
      taskId: TASK_ID,
      rounds,
      seed,
      selection: everybody,
      policy: { quorum: clientCount },
      listen: { port: 0 },
    },
    {
      strategy: fedAvg({ fitConfig: { ...fit } }),
      initialParameters: parametersOf(untrainedModel()),
      store,
      logger: silentLogger,
    },
  ).start();
}

function clientOf(airport: Airport, serverUrl: string, directory: string): Promise<CustomClient> {
  return startCustomClient(createStrikeTrainer(airport), {
    taskId: TASK_ID,
    clientId: airport.name as ClientId,
    serverUrl,
    dataDir: join(directory, encodeURIComponent(airport.name)),
  });
}

/**
 * Starts a client as its client manager would, and resolves at its end.
 *
 * @throws {FedOpsError} Why it failed, at once: the others need not wait for their deadlines.
 */
async function takePart({ session, listener }: CustomClient): Promise<void> {
  const ended = endOf(session);
  const answer = await fetch(`${listener.url}/start`, { method: 'POST' });
  if (!answer.ok) throw new FedOpsError('unavailable', `a client refused to start: ${answer.status}`);
  const end = await ended;
  if (end.phase === 'failed') throw new FedOpsError(end.code, end.message);
}

function endOf(session: Session): Promise<SessionState> {
  return new Promise((resolve) => {
    session.onChange((state) => {
      if (!isActive(state)) resolve(state);
    });
  });
}

async function leave({ session, listener }: CustomClient): Promise<void> {
  await session.stop('the federation is over');
  await listener.close({ graceMs: 0 });
}

function published(outcome: RunOutcome): { version: number; digest: Sha256 } {
  if (outcome.status !== 'published') throw outcome.error;
  return { version: outcome.version, digest: outcome.digest as Sha256 };
}
