import { join } from 'node:path';
import { type ClientId, FedOpsError } from '@fedops/shared-types';
import type { DemoOptions } from '../options/demo-options.js';
import type { Device } from '../processes/messages.js';
import type { ClientProcessSettings } from '../processes/settings.js';
import type { Children } from './children.js';
import type { ClientName } from './client-names.js';
import { clientsToRestart } from './clients-to-restart.js';
import type { StateHolder } from './state-holder.js';

export interface ClientProcessesParts {
  readonly children: Children;
  readonly holder: StateHolder;
  /** Tells the manager where a client is. */
  readonly watch: (device: Device) => void;
  /** The demo cannot go on. */
  readonly fail: (error: FedOpsError) => void;
  readonly print: (line: string) => void;
}

export interface ClientProcesses {
  /** Starts all clients and hands them to the manager once they all take requests; from then on, lost ones come back. */
  start(): Promise<void>;
  /** From here on it is no surprise when one ends. */
  release(): void;
}

/** One process per client. One that ends early is a failure before the run, and a lost client within it. */
export function createClientProcesses(
  parts: ClientProcessesParts,
  names: readonly ClientName[],
  options: DemoOptions,
  managerUrl: string,
): ClientProcesses {
  const { children, holder, watch, fail, print } = parts;
  const restarting = new Set<ClientId>();
  let phase: 'starting' | 'in-run' | 'released' = 'starting';

  async function startClient(name: ClientName): Promise<Device> {
    const { clientId, clientMac } = name;
    const child = await children.start({
      kind: 'client',
      name: clientId,
      settings: clientSettings(name, options, managerUrl),
    });
    void child.ended.then((error) => lose(clientId, error));
    const { url } = await child.ready;
    print(`${clientId} is ready: ${url}, process ${child.pid}`);
    return { clientId, clientMac, url };
  }

  function lose(clientId: ClientId, error: FedOpsError): void {
    if (phase === 'starting') fail(error);
    if (phase === 'in-run') holder.dispatch({ kind: 'client-lost', clientId, how: firstLine(error.message) });
  }

  async function restart(name: ClientName): Promise<void> {
    const { clientId } = name;
    if (restarting.has(clientId)) return;
    restarting.add(clientId);
    try {
      const device = await startClient(name);
      holder.dispatch({ kind: 'client-back', clientId });
      watch(device);
    } catch (error) {
      fail(FedOpsError.from(error));
    } finally {
      restarting.delete(clientId);
    }
  }

  holder.onChange((state, event) => {
    // Only what was seen since a client was lost tells whether the run waits for it.
    if (phase !== 'in-run' || event.kind !== 'run-state') return;
    const wanted = clientsToRestart(state);
    for (const name of names) if (wanted.includes(name.clientId)) void restart(name);
  });

  return {
    async start() {
      const devices = await Promise.all(names.map(startClient));
      phase = 'in-run';
      for (const device of devices) watch(device);
    },
    release() {
      phase = 'released';
    },
  };
}

function clientSettings(
  { index, clientId, clientMac }: ClientName,
  { clients, partition, seed, dataDir }: DemoOptions,
  managerUrl: string,
): ClientProcessSettings {
  return {
    clientId,
    clientMac,
    managerUrl: `${managerUrl}/devices/${encodeURIComponent(clientId)}`,
    dataDir: join(dataDir, 'clients', clientId),
    trainer: { role: 'client', clients, client: index, partition, seed },
  };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
