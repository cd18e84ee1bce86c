import { FedOpsError } from '@fedops/shared-types';
import type { DeviceIdentity } from '../keep/device-identity.js';
import type { DeviceFacts } from '../server/server-line.js';
import type { ManagerState } from '../state/manager-state.js';
import { activityOf } from './activity.js';
import { backoffMs, jittered } from './backoff.js';
import { factsOf, type LoopParts, pause } from './loop-parts.js';

/** Labels of the device where the client app's own are not wanted. */
export interface DeviceLabels {
  readonly clientId: string | null;
  readonly mac: string | undefined;
  readonly name: string | undefined;
}

/**
 * Registers the device once there is a client, and gives signs of life from then on: in every state, also while the
 * client trains (W8), is away, or was told of by nobody. Ends with the signal.
 */
export async function stayRegistered(
  parts: LoopParts,
  identity: DeviceIdentity,
  labels: DeviceLabels,
): Promise<void> {
  let failures = 0;
  let told: DeviceFacts['signature'] = null;
  for (;;) {
    const facts = await parts.record.when((state) => deviceFacts(state, identity, labels), parts.signal);
    const { link } = parts.record.state().facts;
    const isKnown =
      link.kind !== 'unregistered' &&
      parts.server.current !== undefined &&
      !isOtherModel(facts.signature, told);
    if (!isKnown) told = facts.signature;
    const isDone = isKnown ? await heartbeat(parts) : await register(parts, facts, failures + 1);
    failures = isDone ? 0 : failures + 1;
    await rest(parts, failures);
  }
}

/** A client app that was replaced may train another model than the one that the server manager has checked. */
function isOtherModel(now: DeviceFacts['signature'], told: DeviceFacts['signature']): boolean {
  return now !== null && JSON.stringify(now) !== JSON.stringify(told);
}

async function register(parts: LoopParts, facts: DeviceFacts, failures: number): Promise<boolean> {
  const { record, openLine, server, clock, random, signal } = parts;
  try {
    server.current = await openLine(facts, signal);
  } catch (error) {
    signal.throwIfAborted();
    const at = clock.now();
    const nextAttemptAt = at + backoffMs(failures, random());
    record.dispatch({ kind: 'registration-failed', at, error: factsOf(error), nextAttemptAt });
    return false;
  }
  const { taskId, api } = server.current;
  parts.logger.info({ taskId, api, deviceId: facts.deviceId }, 'registered at the server manager');
  record.dispatch({ kind: 'registered', at: clock.now(), taskId, api });
  return heartbeat(parts);
}

async function heartbeat({ record, server, clock, signal }: LoopParts): Promise<boolean> {
  try {
    const othersRun = (await server.current?.heartbeat(activityOf(record.state()), signal)) ?? null;
    record.dispatch({ kind: 'server-manager-heard', at: clock.now(), othersRun });
    return true;
  } catch (cause) {
    signal.throwIfAborted();
    const error = FedOpsError.from(cause);
    const isForgotten = error.code === 'unauthenticated' || error.code === 'not-found';
    const kind = isForgotten ? 'forgotten' : 'server-manager-silent';
    record.dispatch({ kind, at: clock.now(), error: factsOf(error) });
    return false;
  }
}

/** Until the next sign of life is due, or there is something new to tell. */
async function rest(parts: LoopParts, failures: number): Promise<void> {
  const { record, server, random } = parts;
  if (failures > 0) return pause(parts, backoffMs(failures, random()), () => undefined);
  const told = activityOf(record.state());
  const ms = jittered((server.current?.heartbeatMs() ?? 0) * 0.8, random());
  await pause(parts, ms, (state) => {
    const now = activityOf(state);
    const isNew = now.kind !== told.kind || ('runId' in now && 'runId' in told && now.runId !== told.runId);
    return isNew || state.facts.link.kind === 'unregistered' ? true : undefined;
  });
}

/** Undefined until a client has told of its task. */
function deviceFacts(
  { facts: { client, link } }: ManagerState,
  { deviceId, key }: DeviceIdentity,
  { clientId, mac, name }: DeviceLabels,
): DeviceFacts | undefined {
  const report = client.kind === 'answering' ? client.report : undefined;
  const taskId = report?.taskId ?? (link.kind === 'unregistered' ? undefined : link.taskId);
  if (taskId === undefined) return undefined;
  return {
    taskId,
    deviceId,
    key,
    clientId,
    mac: mac ?? report?.mac ?? null,
    name: name ?? report?.name ?? null,
    signature: report?.signature ?? null,
  };
}
