import { ClientServerAPI } from '@fedops/client-api';
import {
  type DeviceRecord,
  DeviceRecordSchema,
  FedOpsError,
  type ManagerData,
  type PortAnswer,
  resolveServerAddress,
  ServerStatusAnswerSchema,
} from '@fedops/shared-types';
import { z } from 'zod';
import { bodyOf, describe, type Exchange, type JsonRequest } from '../http/exchange.js';
import { legacyNews } from './legacy-run.js';
import { pathSegment } from './path-segment.js';
import type { DeviceFacts, ServerLine, ServerManagerAddress } from './server-line.js';

const CALL_WITHIN_MS = 10_000;
/** About as often as Python's client managers; their server managers forget a device after 300 s. */
const HEARTBEAT_MS = 6_000;

/**
 * Registers a device by the `/FLSe` routes that every server manager has. To these a device is its MAC; one without
 * goes by its id.
 *
 * It never closes the task (`FLSeClosed`), which would end it for every other device: W5.
 *
 * @throws {FedOpsError} What the exchange throws, or the answer says.
 */
export async function openLegacyLine(
  exchange: Exchange,
  { url, token }: ServerManagerAddress,
  { taskId, deviceId, mac, name }: DeviceFacts,
  signal: AbortSignal,
): Promise<ServerLine> {
  const deviceMac = mac ?? deviceId;
  const ports = new ClientServerAPI(
    taskId,
    { baseUrl: url, ...(token === undefined ? {} : { token }) },
    { env: {} },
  );
  let record: DeviceRecord | null = null;

  async function call<S extends z.ZodType>(
    request: Pick<JsonRequest, 'method' | 'url' | 'body' | 'signal'>,
    schema: S,
  ): Promise<z.output<S>> {
    const answer = await exchange({ timeoutMs: CALL_WITHIN_MS, token, ...request });
    return bodyOf(answer, schema, describe(request.method, request.url));
  }

  const register = (state: Pick<DeviceRecord, 'Device_online' | 'Device_training'>, signal: AbortSignal) => {
    const body = DeviceRecordSchema.parse({
      FL_task_ID: taskId,
      Device_mac: deviceMac,
      Device_hostname: name ?? deviceId,
      ...state,
    });
    // The answer lists the devices of all tasks: none of our business (W6).
    return call({ method: 'PUT', url: `${url}/FLSe/RegisterFLTask`, body, signal }, z.unknown());
  };

  await register({ Device_online: true, Device_training: false }, signal);

  return {
    api: 'legacy',
    taskId,
    waits: false,
    heartbeatMs: () => HEARTBEAT_MS,
    deviceRecord: () => record,

    async heartbeat(activity, signal) {
      const training = activity.kind === 'training';
      await register({ Device_online: activity.kind !== 'no-client', Device_training: training }, signal);
      return null;
    },

    async news(_run, signal) {
      const target = `${url}/FLSe/info/${pathSegment(taskId)}/${pathSegment(deviceMac)}`;
      const answer = await call({ method: 'GET', url: target, signal }, ServerStatusAnswerSchema);
      record = answer.Server_Status.Task_status;
      return legacyNews(answer.Server_Status);
    },

    async managerData(_run, clientMac, signal) {
      const host = new URL(url).hostname;
      return managerDataFrom(await portOf(ports, signal), { url, host, clientMac });
    },

    /** These managers have no word for it; the record of the next heartbeat shows that the device trains no more. */
    report: async () => {},

    async leave(signal) {
      await register({ Device_online: false, Device_training: false }, signal);
    },
  };
}

/** Undefined where the manager knows no port: the client then asks for itself, and says what is wrong. */
async function portOf(ports: ClientServerAPI, signal: AbortSignal): Promise<PortAnswer | undefined> {
  try {
    return await ports.getPort({ signal });
  } catch (error) {
    if (FedOpsError.is(error) && (error.code === 'not-found' || error.code === 'unsupported'))
      return undefined;
    throw error;
  }
}

function managerDataFrom(
  portAnswer: PortAnswer | undefined,
  { url, host, clientMac }: { readonly url: string; readonly host: string; readonly clientMac: string },
): ManagerData {
  const { server_url, ...forPython } = portAnswer ?? {};
  return {
    server_ip: forPython.port === undefined ? host : addressIn(forPython, url),
    client_mac: clientMac,
    ...(server_url !== undefined && { server_url: server_url.replace(/\/+$/, '') }),
  };
}

/** `host:port` as a client of Python's has it from the same answer: it knows no `server_url`. */
function addressIn(portAnswer: PortAnswer, managerUrl: string): string {
  const { hostname, port } = new URL(resolveServerAddress({ portAnswer, managerUrl }));
  return `${hostname}:${port || 80}`;
}
