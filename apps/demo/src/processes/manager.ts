import { systemClock } from '@fedops/client-session';
import { listen } from '@fedops/http-service';
import { parseWith } from '@fedops/shared-types';
import { httpClientLine } from '../manager/client-line.js';
import { createDeviceList } from '../manager/device-list.js';
import { createManagerApp } from '../manager/manager-app.js';
import { newTaskRecord, type TaskRecord } from '../manager/task-record.js';
import { watchClient } from '../manager/watch-client.js';
import { type Device, ManagerOrderSchema } from './messages.js';
import { onceATurn } from './once-a-turn.js';
import { type ChildParts, runChild } from './run-child.js';
import { ManagerProcessSettingsSchema } from './settings.js';
import { TASK_ID } from './task-id.js';

await runChild('manager', ManagerProcessSettingsSchema, async (_settings, { parent, logger }: ChildParts) => {
  const watches = new Map<string, AbortController>();
  let record: TaskRecord = newTaskRecord(TASK_ID);

  const tellDevices = () => parent.tell({ kind: 'devices', devices: [...devices.views()] });
  const devices = createDeviceList(onceATurn(tellDevices));

  function watch({ clientId, clientMac, url }: Device): void {
    devices.add(clientId);
    watches.get(clientId)?.abort();
    const stopped = new AbortController();
    watches.set(clientId, stopped);
    const isServerReady = () => record.status.FLSeReady && record.port !== undefined;
    // Without a port: the client is to ask for it.
    const managerData = { server_ip: '127.0.0.1', client_mac: clientMac };
    void watchClient(
      { line: httpClientLine, devices, clock: systemClock, isServerReady },
      { clientId, url, managerData },
      stopped.signal,
    );
  }

  const app = createManagerApp(
    {
      taskId: TASK_ID,
      devices,
      record: () => record,
      update: (change) => {
        record = change(record);
      },
    },
    { logger },
  );
  const listener = await listen(app, { port: 0, credentials: false }, { logger });
  parent.onOrder((message) => {
    const order = parseWith(ManagerOrderSchema, message, 'order of the demo');
    if (order.kind === 'watch') watch(order.device);
    else record = { ...record, port: order.port };
  });
  parent.tell({ kind: 'ready', url: listener.url, port: listener.port });

  return {
    async close() {
      for (const stopped of watches.values()) stopped.abort();
      await listener.close({ graceMs: 500 });
      tellDevices();
    },
  };
});
