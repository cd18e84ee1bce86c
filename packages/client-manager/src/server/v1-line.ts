import {
  ClientPartSchema,
  type DeviceHeartbeat,
  DeviceHeartbeatAnswerSchema,
  type DeviceInstruction,
  DeviceInstructionSchema,
  DeviceRegistrationAnswerSchema,
  type DeviceRegistrationSchema,
  ErrorBodySchema,
  FedOpsError,
  type PartReport,
  PROTOCOL_VERSION,
} from '@fedops/shared-types';
import type { z } from 'zod';
import { bodyOf, describe, type Exchange, type JsonAnswer, type JsonRequest } from '../http/exchange.js';
import type { PartEnd } from '../state/run.js';
import { pathSegment } from './path-segment.js';
import type { DeviceFacts, News, ServerLine, ServerManagerAddress } from './server-line.js';

const CALL_WITHIN_MS = 10_000;
/** Below what proxies on the way let pass. */
const POLL_MS = 25_000;
const POLL_WITHIN_MS = 40_000;

/** What `details.missing` says of a server manager that has the `/FLSe` routes alone. */
export const NO_V1 = 'v1';

/**
 * Registers a device by the `/v1` routes of our server manager.
 *
 * @throws {FedOpsError} What the answer says; `unsupported` with `details.missing` of {@link NO_V1} from a manager
 *   without these routes.
 */
export async function openV1Line(
  exchange: Exchange,
  { url, token }: ServerManagerAddress,
  facts: DeviceFacts,
  signal: AbortSignal,
): Promise<ServerLine> {
  const { taskId, deviceId, key, clientId, mac, name, signature } = facts;
  const devices = `${url}/v1/tasks/${pathSegment(taskId)}/devices`;
  const device = `${devices}/${pathSegment(deviceId)}`;

  async function call<S extends z.ZodType>(
    request: Pick<JsonRequest, 'method' | 'url' | 'body' | 'token' | 'signal'>,
    schema: S,
  ): Promise<z.output<S>> {
    const answer = await exchange({ timeoutMs: CALL_WITHIN_MS, ...request });
    return bodyOf(answer, schema, describe(request.method, request.url));
  }

  const registration = {
    protocolVersion: PROTOCOL_VERSION,
    deviceId,
    key,
    name,
    mac,
    clientId,
    ...(signature === null ? {} : { signature: [...signature] }),
  } satisfies z.input<typeof DeviceRegistrationSchema>;
  const answer = await exchange({
    method: 'POST',
    url: devices,
    body: registration,
    token,
    timeoutMs: CALL_WITHIN_MS,
    signal,
  });
  assertHasV1(answer);
  const registered = bodyOf(answer, DeviceRegistrationAnswerSchema, describe('POST', devices));
  const own = { token: registered.token };
  let { leaseMs } = registered;

  return {
    api: 'v1',
    taskId,
    waits: true,
    heartbeatMs: () => leaseMs / 3,
    deviceRecord: () => null,

    async heartbeat(activity, signal) {
      const body: DeviceHeartbeat = { activity };
      const request = { method: 'POST', url: `${device}/heartbeat`, body, ...own, signal } as const;
      const heard = await call(request, DeviceHeartbeatAnswerSchema);
      ({ leaseMs } = heard);
      return heard.isChosen ? null : heard.runId;
    },

    async news(run, signal) {
      const named = run === null ? '' : `&run=${encodeURIComponent(run.key)}`;
      const target = `${device}/instruction?waitMs=${POLL_MS}${named}`;
      const answer = await exchange({
        method: 'GET',
        url: target,
        timeoutMs: POLL_WITHIN_MS,
        ...own,
        signal,
      });
      if (answer.status === 204) return undefined;
      return newsOf(bodyOf(answer, DeviceInstructionSchema, describe('GET', target)));
    },

    async managerData({ serverUrl, flowerAddress }, clientMac) {
      const server_url = serverUrl ?? url;
      return {
        // Clients of Python's read nothing else.
        server_ip: flowerAddress ?? new URL(server_url).hostname,
        client_mac: clientMac,
        server_url,
      };
    },

    async report(run, end, signal) {
      const body = partReport(end);
      const target = `${device}/runs/${pathSegment(run.key)}`;
      await call({ method: 'PUT', url: target, body, ...own, signal }, ClientPartSchema);
    },

    async leave(signal) {
      const target = `${device}/lease`;
      const answer = await exchange({
        method: 'DELETE',
        url: target,
        timeoutMs: CALL_WITHIN_MS,
        ...own,
        signal,
      });
      if (answer.status !== 204)
        bodyOf(answer, DeviceHeartbeatAnswerSchema.partial(), describe('DELETE', target));
    },
  };
}

/** A missing route, as against a missing task, has no body of ours. */
function assertHasV1({ status, body }: JsonAnswer): void {
  if ((status !== 404 && status !== 405) || ErrorBodySchema.safeParse(body).success) return;
  throw new FedOpsError('unsupported', 'the server manager has no /v1', { details: { missing: NO_V1 } });
}

function newsOf(instruction: DeviceInstruction): News {
  switch (instruction.kind) {
    case 'start': {
      const { runId, nextVersion: version, serverUrl, flowerAddress = null } = instruction;
      return { kind: 'run', run: { key: runId, runId, version, serverUrl, flowerAddress } };
    }
    case 'published':
    case 'failed':
      return { kind: 'run-over', key: instruction.runId };
  }
}

function partReport(end: PartEnd): PartReport {
  return end.state === 'train-failed'
    ? { state: end.state, reason: { ...end.reason, message: end.reason.message.slice(0, 2_000) } }
    : { state: end.state };
}
