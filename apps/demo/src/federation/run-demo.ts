import { join } from 'node:path';
import { ServerManagerAPI } from '@fedops/client-api';
import { FedOpsError } from '@fedops/shared-types';
import { conductRun } from '../operator/conduct-run.js';
import { downloadModel } from '../operator/download-model.js';
import { endLeftRun } from '../operator/end-left-run.js';
import { prepareTask } from '../operator/prepare-task.js';
import type { DemoOptions } from '../options/demo-options.js';
import type { Child } from '../processes/child.js';
import { type DemoReport, demoReport } from '../report/demo-report.js';
import { mishapProblems } from '../report/mishap-problems.js';
import { missingCalls } from '../report/missing-calls.js';
import type { Screen } from '../view/screen.js';
import type { Children } from './children.js';
import { clientNames } from './client-names.js';
import { NEW_DEMO } from './demo-state.js';
import { createDevices, type Devices } from './devices.js';
import { freePorts } from './free-ports.js';
import { mishapOf, RUNS } from './mishap.js';
import { areAllSettled } from './settled.js';
import { joinWhenOneIsLost, killInNextRun } from './stage-mishap.js';
import { createStateHolder, type StateHolder } from './state-holder.js';

export interface DemoParts {
  readonly children: Children;
  readonly screen: Screen;
  /** Ends the demo; its reason is what `runDemo` throws. */
  readonly signal: AbortSignal;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface DemoResult {
  readonly report: DemoReport;
  /** What should have happened and did not; empty where all is well. */
  readonly problems: readonly string[];
}

const SETTLED_WITHIN_MS = 30_000;

/**
 * A federation from its first process to its last: a server manager and its devices, two runs, and in the second a
 * client that is killed and a device that joins.
 *
 * @throws {FedOpsError} where a process could not be started or ended early, or a run published nothing.
 */
export async function runDemo(options: DemoOptions, parts: DemoParts): Promise<DemoResult> {
  const { children, screen, now } = parts;
  const startedAt = now();
  const ending = new AbortController();
  const signal = AbortSignal.any([parts.signal, ending.signal]);
  const fail = (error: FedOpsError) => ending.abort(error);
  const holder = createStateHolder(NEW_DEMO, screen);
  let devices: Devices | undefined;
  try {
    const manager = await children.start({
      kind: 'server-manager',
      name: 'server-manager',
      settings: { dataDir: join(options.dataDir, 'server-manager') },
    });
    void manager.ended.then(fail);
    const api = await apiOf(manager, signal);
    screen.print(`the server manager is ready: ${api.baseUrl}, process ${manager.pid}`);

    // The last has a share of the images like the others, and comes when one of them is lost.
    const names = clientNames(options.clients + 1);
    const initial = names.slice(0, options.clients);
    const ports = await freePorts(2 * names.length);
    devices = createDevices(
      { children, holder, fail, print: screen.print, signal },
      { options, serverManagerUrl: api.baseUrl, names, ports },
    );
    const { start } = devices;
    await orAborted(Promise.all([prepare(api, options, signal), ...initial.map(start)]), signal);

    const reserve = names.at(-1)!;
    joinWhenOneIsLost(holder, reserve.clientId, () =>
      start(reserve).catch((error: unknown) => fail(FedOpsError.from(error))),
    );
    const mishap = mishapOf(
      options,
      initial.map(({ clientId }) => clientId),
    );
    for (let run = 1; run <= RUNS; run++) {
      await orAborted(devices.restartLost(), signal);
      if (mishap?.run === run) killInNextRun(mishap.victim, { holder, devices });
      await conduct(api, holder, signal);
    }
    const { published } = holder.state().runs.at(-1)!;
    const path = await downloadModel(api.baseUrl, published!, {
      directory: join(options.dataDir, 'models'),
      signal,
    });
    devices.release();
    await children.stopAll();

    const state = holder.state();
    const report = demoReport(options, state, { ...published!, path }, (now() - startedAt) / 1000);
    const unmeasured = report.final.accuracy === null ? ['the last model was not measured'] : [];
    return {
      report,
      problems: [...unmeasured, ...missingCalls(state), ...(mishap ? mishapProblems(report) : [])],
    };
  } catch (error) {
    // A call that was under way knows only that it was broken off.
    throw signal.aborted ? signal.reason : error;
  } finally {
    devices?.release();
    await children.stopAll();
  }
}

async function apiOf(manager: Child, signal: AbortSignal): Promise<ServerManagerAPI> {
  const { url } = await orAborted(manager.ready, signal);
  return new ServerManagerAPI({ baseUrl: url }, { env: {} });
}

async function prepare(api: ServerManagerAPI, options: DemoOptions, signal: AbortSignal): Promise<void> {
  await prepareTask(api, options, signal);
  await endLeftRun(api, signal);
}

/** One run, until every device knows how it has ended. */
async function conduct(api: ServerManagerAPI, holder: StateHolder, signal: AbortSignal): Promise<void> {
  const { runId, ...published } = await conductRun({ api, dispatch: holder.dispatch, signal });
  holder.dispatch({ kind: 'run-published', runId, published });
  const wait = { what: `all devices to be done with ${runId}`, withinMs: SETTLED_WITHIN_MS, signal };
  // Who was late lacks a call or a part in the result, by name.
  await holder.until((state) => areAllSettled(state, runId), wait).catch(onlyIfLate);
  holder.dispatch({ kind: 'parts', runId, parts: await api.listParts(runId, { signal }) });
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

function onlyIfLate(error: unknown): void {
  if (!FedOpsError.is(error) || error.code !== 'deadline-exceeded') throw error;
}
