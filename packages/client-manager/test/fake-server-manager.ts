import type { ServerResponse } from 'node:http';
import { assertSameSignature } from '@fedops/parameters';
import { errorBodyOf, FedOpsError, type Signature } from '@fedops/shared-types';
import { type Call, type HttpDouble, httpDouble, json } from './http-double.js';

/** A server manager with the `/v1` routes, in memory. */
export interface FakeServerManager {
  readonly http: HttpDouble;
  readonly url: string;
  /** Heartbeats by device, the latest last. */
  activities(deviceId: string): { kind: string; runId?: string | null }[];
  /** `run device state`, in the order of arrival. */
  readonly parts: string[];
  devices(): string[];
  /** Registrations that were let in, repeated ones too. */
  registrations(): number;
  offer(runId: string, version?: number, flowerAddress?: string): void;
  /** A run for other devices than these, which are told so by their heartbeats. */
  offerOthers(runId: string): void;
  end(runId: string, kind?: 'published' | 'failed'): void;
  /** Knows no device any more, as after the loss of its store. */
  forgetDevices(): void;
}

interface Device {
  readonly key: string;
  token: string;
  readonly activities: { kind: string }[];
}

interface Poll {
  readonly call: Call;
  readonly response: ServerResponse;
}

export async function fakeServerManager({
  taskId = 'mnist',
  signature,
}: {
  readonly taskId?: string;
  /** Of the task's model: another one is refused. */
  readonly signature?: Signature;
} = {}): Promise<FakeServerManager> {
  const devices = new Map<string, Device>();
  const ended = new Map<string, 'published' | 'failed'>();
  const parts: string[] = [];
  let active:
    | { runId: string; version: number; flowerAddress?: string | undefined; isForOthers?: boolean }
    | undefined;
  let tokens = 0;
  const polls = new Set<Poll>();

  const instruction = (call: Call, deviceId: string) => {
    const named = call.query.get('run');
    const end = named === null ? undefined : ended.get(named);
    if (end === 'published') return { kind: end, taskId, runId: named, version: 1 };
    if (end === 'failed')
      return { kind: end, taskId, runId: named, reason: 'quorum-not-met', message: 'too few' };
    if (active === undefined || active.runId === named || active.isForOthers) return undefined;
    if (parts.some((part) => part.startsWith(`${active?.runId} ${deviceId} `))) return undefined;
    const { runId, version: nextVersion, flowerAddress } = active;
    const serverUrl = 'http://127.0.0.1:9';
    return { kind: 'start', taskId, runId, serverUrl, flowerAddress, nextVersion, rounds: 1 };
  };
  const deviceOf = ({ route }: Call) => /devices\/([^/]+)/.exec(route)?.[1] ?? '';
  const wake = () => {
    for (const poll of [...polls]) {
      const found = instruction(poll.call, deviceOf(poll.call));
      if (found === undefined) continue;
      polls.delete(poll);
      json(poll.response, found);
    }
  };
  const error = (code: string) => ({ code, message: code, details: {} });

  const http = await httpDouble((call, response) => {
    const { route, body } = call;
    if (!route.includes(' /v1/')) return json(response, { detail: 'Not Found' }, 404);
    if (!route.includes(`/v1/tasks/${taskId}/`)) return json(response, error('not-found'), 404);
    if (route === `POST /v1/tasks/${taskId}/devices`) {
      const known = devices.get(body.deviceId);
      if (known !== undefined && known.key !== body.key) return json(response, error('conflict'), 409);
      if (signature !== undefined && body.signature !== undefined) {
        try {
          assertSameSignature(body.signature, signature);
        } catch (cause) {
          return json(response, errorBodyOf(FedOpsError.from(cause)), 422);
        }
      }
      const token = `token-${++tokens}`;
      devices.set(body.deviceId, { key: body.key, token, activities: known?.activities ?? [] });
      return json(
        response,
        {
          protocolVersion: 1,
          taskId,
          deviceId: body.deviceId,
          token,
          leaseMs: 15_000,
          signatureDigest: null,
        },
        201,
      );
    }
    const deviceId = deviceOf(call);
    const device = devices.get(deviceId);
    if (device === undefined) return json(response, error('not-found'), 404);
    if (device.token !== call.token) return json(response, error('unauthenticated'), 401);
    if (route.endsWith('/heartbeat')) {
      device.activities.push(body.activity);
      return json(response, {
        leaseMs: 15_000,
        runId: active?.runId ?? null,
        isChosen: active?.isForOthers !== true,
      });
    }
    if (route.endsWith('/instruction')) {
      const found = instruction(call, deviceId);
      if (found !== undefined) return json(response, found);
      const poll = { call, response };
      polls.add(poll);
      response.once('close', () => polls.delete(poll));
      return;
    }
    const runId = /runs\/(.+)$/.exec(route)?.[1];
    if (runId !== undefined) {
      parts.push(`${runId} ${deviceId} ${body.state}`);
      const at = '2026-01-01T00:00:00.000Z';
      return json(response, {
        taskId,
        runId,
        clientId: deviceId,
        state: body.state,
        reason: body.reason ?? null,
        at,
      });
    }
    response.writeHead(204).end();
  });

  return {
    http,
    url: http.url,
    activities: (deviceId) => devices.get(deviceId)?.activities ?? [],
    parts,
    devices: () => [...devices.keys()],
    registrations: () => tokens,
    offer(runId, version = 1, flowerAddress) {
      active = { runId, version, flowerAddress };
      wake();
    },
    offerOthers(runId) {
      active = { runId, version: 1, isForOthers: true };
    },
    end(runId, kind = 'published') {
      if (active?.runId === runId) active = undefined;
      ended.set(runId, kind);
      wake();
    },
    forgetDevices: () => devices.clear(),
  };
}
