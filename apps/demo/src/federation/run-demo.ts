import { join } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import type { DemoOptions } from '../options/demo-options.js';
import type { Child } from '../processes/child.js';
import type { ChildMessage, ManagerOrder, Outcome } from '../processes/messages.js';
import type { FlServerProcessSettings } from '../processes/settings.js';
import { type DemoReport, demoReport } from '../report/demo-report.js';
import { haveAllReported, missingCalls } from '../report/missing-calls.js';
import { assertModelFile } from '../report/model-digest.js';
import { roundLines } from '../view/round-line.js';
import type { Screen } from '../view/screen.js';
import type { Children } from './children.js';
import { clientNames } from './client-names.js';
import { createClientProcesses } from './client-processes.js';
import { newDemoState } from './demo-state.js';
import { createStateHolder } from './state-holder.js';

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

/** The FL server ends each phase of a round in time; this is for an FL server that does not. */
const ROUND_WITHIN_MS = 30 * 60_000;
const REPORTED_WITHIN_MS = 20_000;

/**
 * A federation from its first process to its last: starts them, lets the manager conduct one run, stops them.
 *
 * @throws {FedOpsError} where a process could not be started or ended early, or the run published nothing.
 */
export async function runDemo(options: DemoOptions, parts: DemoParts): Promise<DemoResult> {
  const { children, screen, now } = parts;
  const startedAt = now();
  const ending = new AbortController();
  const signal = AbortSignal.any([parts.signal, ending.signal]);
  const fail = (error: FedOpsError) => ending.abort(error);
  const names = clientNames(options.clients);
  const holder = createStateHolder(newDemoState(names.map(({ clientId }) => clientId)), screen);
  const onMessage = (message: ChildMessage) => {
    if (message.kind !== 'ready' && message.kind !== 'failed') holder.dispatch(message);
  };
  let release = () => {};
  try {
    const manager = await children.start({ kind: 'manager', name: 'manager', settings: {}, onMessage });
    const { url: managerUrl } = await readyOf(manager, signal, fail);
    const order = (message: ManagerOrder) => manager.order(message);
    screen.print(`the manager is ready: ${managerUrl}, process ${manager.pid}`);

    const watch = (device: Extract<ManagerOrder, { kind: 'watch' }>['device']) =>
      order({ kind: 'watch', device });
    const clients = createClientProcesses(
      { children, holder, watch, fail, print: screen.print },
      names,
      options,
      managerUrl,
    );
    release = clients.release;
    await orAborted(clients.start(), signal);
    const server = await children.start({
      kind: 'fl-server',
      name: 'fl-server',
      settings: serverSettings(options, managerUrl),
      onMessage,
    });
    const { url, port } = await readyOf(server, signal, fail);
    screen.print(`the FL server is ready: ${url}, process ${server.pid}`);
    order({ kind: 'assign-port', port });

    const { outcome } = await holder.until((state) => state.outcome !== undefined, {
      what: 'the end of the run',
      withinMs: options.rounds * ROUND_WITHIN_MS,
      signal,
    });
    const published = publishedModel(outcome, holder.state().rounds.flatMap(roundLines));
    await assertModelFile(published.path, published.sha256);
    await holder
      .until(haveAllReported, { what: "all clients' reports", withinMs: REPORTED_WITHIN_MS, signal })
      .catch(onlyIfLate);
    release();
    await children.stopAll();

    const state = holder.state();
    const report = demoReport(options, state, published, (now() - startedAt) / 1000);
    const unmeasured = report.final.accuracy === null ? ['the last model was not measured'] : [];
    return { report, problems: [...unmeasured, ...missingCalls(state)] };
  } finally {
    release();
    await children.stopAll();
  }
}

/** Where a child is, once it takes requests; from then on its end is the end of the demo. */
async function readyOf(child: Child, signal: AbortSignal, fail: (error: FedOpsError) => void) {
  void child.ended.then(fail);
  return orAborted(child.ready, signal);
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** A report that did not come in time is a missing call, which the result names. */
function onlyIfLate(error: unknown): void {
  if (!FedOpsError.is(error) || error.code !== 'deadline-exceeded') throw error;
}

/** @throws {FedOpsError} `unavailable` where the run published nothing, with what its rounds came to. */
function publishedModel(outcome: Outcome | undefined, rounds: readonly string[]) {
  if (outcome?.status === 'published') {
    const { version, digest: sha256, path } = outcome;
    return { version, sha256, path };
  }
  const why = outcome === undefined ? 'no reason was given' : `${outcome.reason}: ${outcome.message}`;
  throw new FedOpsError('unavailable', ['the run published no model', why, ...rounds].join('\n'));
}

function serverSettings(
  { dataDir, clients, rounds, seed, examples }: DemoOptions,
  managerUrl: string,
): FlServerProcessSettings {
  return { managerUrl, dataDir: join(dataDir, 'server'), clients, rounds, seed, examples };
}
