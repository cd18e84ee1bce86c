import { type HttpDouble, httpDouble, json } from './http-double.js';

/** A server manager with Python's routes alone: devices by MAC, one ready flag for a task, errors as status 200. */
export interface FakePythonServerManager {
  readonly http: HttpDouble;
  readonly url: string;
  /** The record of a MAC, as registered last. */
  device(mac: string): Record<string, unknown> | undefined;
  /** An FL server says that it is ready, or no more. */
  serverReady(version: number, since?: string): void;
  serverGone(): void;
  /** What a manager of Python's does at its device's end: all records and the flag are gone (W5). */
  closeTask(): void;
  hasPort(port: number | null): void;
}

export async function fakePythonServerManager({ taskId = 'mnist' } = {}): Promise<FakePythonServerManager> {
  const devices = new Map<string, Record<string, unknown>>();
  let ready = false;
  let version = 0;
  let start = '';
  let port: number | null = 40_026;

  const http = await httpDouble(({ route, body }, response) => {
    if (route === 'PUT /FLSe/RegisterFLTask') {
      devices.set(body.Device_mac, body);
      return json(response, [...devices.values()]);
    }
    if (route === `PUT /FLSe/FLSeClosed/${taskId}`) {
      ready = false;
      devices.clear();
      return json(response, { Server_Status: { FLSeReady: false, GL_Model_V: version, Task_status: null } });
    }
    const mac = new RegExp(`^GET /FLSe/info/${taskId}/(.+)$`).exec(route)?.[1];
    if (mac !== undefined) {
      const Server_Status = {
        S3_bucket: 'fl-gl-model',
        Last_GL_Model: '',
        FLServer_start: start,
        FLSeReady: ready,
        GL_Model_V: version,
        Task_status: devices.get(mac) ?? null,
      };
      return json(response, { Server_Status });
    }
    if (route === `GET /FLSe/getPort/${taskId}`) {
      return json(response, port === null ? { error: 'no port' } : { task_id: taskId, port });
    }
    return json(response, { detail: 'Not Found' }, 404);
  });

  return {
    http,
    url: http.url,
    device: (mac) => devices.get(mac),
    serverReady(next, since = '2026-01-01 00:00:00') {
      ready = true;
      version = next;
      start = since;
    },
    serverGone() {
      ready = false;
    },
    closeTask() {
      ready = false;
      devices.clear();
    },
    hasPort(next) {
      port = next;
    },
  };
}
