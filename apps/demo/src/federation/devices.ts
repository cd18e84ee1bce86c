import { join } from 'node:path';
import type { ClientId, FedOpsError } from '@fedops/shared-types';
import type { DemoOptions } from '../options/demo-options.js';
import type { Child } from '../processes/child.js';
import type { ChildMessage } from '../processes/messages.js';
import type { ClientManagerProcessSettings, ClientProcessSettings } from '../processes/settings.js';
import type { Children } from './children.js';
import type { ClientName } from './client-names.js';
import { isFree } from './device-seen.js';
import type { StateHolder } from './state-holder.js';

export interface DevicesParts {
  readonly children: Children;
  readonly holder: StateHolder;
  /** The demo cannot go on. */
  readonly fail: (error: FedOpsError) => void;
  readonly print: (line: string) => void;
  readonly signal: AbortSignal;
}

export interface DevicesSettings {
  readonly options: DemoOptions;
  readonly serverManagerUrl: string;
  /** All devices that may come: each has a share of the images. */
  readonly names: readonly ClientName[];
  /** Two for each of them. */
  readonly ports: readonly number[];
}

/** The devices of a demo: each a client app and the client manager beside it. */
export interface Devices {
  /**
   * Starts a device; resolves when it is registered and waits for a run.
   *
   * @throws {FedOpsError} where a process of it could not be started, or no server manager takes it.
   */
  start(name: ClientName): Promise<void>;
  /** Starts the client apps of devices again that have lost theirs; resolves when they wait for a run. */
  restartLost(): Promise<void>;
  /** The client app will not report its next fit; `onHeld` is told once it trains, with the round. */
  holdNextFit(clientId: ClientId, onHeld: (round: number) => void): void;
  /** SIGKILL to the client app; its manager stays. */
  killClient(clientId: ClientId): void;
  /** From here on it is no surprise when a process ends. */
  release(): void;
}

const FREE_WITHIN_MS = 60_000;

export function createDevices(parts: DevicesParts, settings: DevicesSettings): Devices {
  const { children, holder, fail, print, signal } = parts;
  const { names } = settings;
  const apps = new Map<ClientId, Child>();
  const onHeld = new Map<ClientId, (round: number) => void>();
  let isReleased = false;

  const hear =
    ({ clientId }: ClientName) =>
    (message: ChildMessage) => {
      if (message.kind === 'held') onHeld.get(clientId)?.(message.round);
      if (message.kind === 'session' || message.kind === 'device' || message.kind === 'calls') {
        holder.dispatch({ ...message, clientId });
      }
    };

  async function startApp(name: ClientName): Promise<void> {
    const { clientId } = name;
    let isReady = false;
    const child = await children.start({
      kind: 'client',
      name: clientId,
      settings: appSettings(name, settings),
      onMessage: hear(name),
    });
    apps.set(clientId, child);
    void child.ended.then((error) => {
      if (isReleased) return;
      if (isReady) holder.dispatch({ kind: 'client-lost', clientId, how: firstLine(error.message) });
      else fail(error);
    });
    const { url } = await child.ready;
    isReady = true;
    print(`${clientId} is ready: ${url}, process ${child.pid}`);
  }

  async function startManager(name: ClientName): Promise<void> {
    const child = await children.start({
      kind: 'client-manager',
      name: `${name.clientId}-manager`,
      settings: managerSettings(name, settings),
      onMessage: hear(name),
    });
    void child.ended.then(fail);
    const { url } = await child.ready;
    print(`${name.clientId}'s manager is ready: ${url}, process ${child.pid}`);
  }

  async function untilFree({ clientId }: ClientName): Promise<void> {
    await holder.until(
      ({ devices }) => {
        const device = devices.get(clientId);
        return device !== undefined && isFree(device);
      },
      { what: `${clientId} to be registered and free`, withinMs: FREE_WITHIN_MS, signal },
    );
  }

  return {
    async start(name) {
      holder.dispatch({ kind: 'client-came', clientId: name.clientId });
      // The app first: its manager then finds it with its first look, and need not wait for the second.
      await startApp(name);
      await startManager(name);
      await untilFree(name);
    },
    async restartLost() {
      const { lost } = holder.state();
      const restarts = names.filter(({ clientId }) => lost.has(clientId));
      await Promise.all(
        restarts.map(async (name) => {
          await startApp(name);
          holder.dispatch({ kind: 'client-back', clientId: name.clientId });
          await untilFree(name);
        }),
      );
    },
    holdNextFit(clientId, listener) {
      onHeld.set(clientId, listener);
      apps.get(clientId)?.order({ kind: 'hold-next-fit' });
    },
    killClient: (clientId) => apps.get(clientId)?.kill(),
    release() {
      isReleased = true;
    },
  };
}

function appSettings(
  name: ClientName,
  { options, serverManagerUrl, names, ports }: DevicesSettings,
): ClientProcessSettings {
  const { index, clientId, clientMac } = name;
  const { partition, seed, dataDir } = options;
  const { app, manager } = portsOf(name, ports);
  return {
    clientId,
    clientMac,
    port: app,
    clientManagerUrl: `http://127.0.0.1:${manager}`,
    serverManagerUrl,
    dataDir: join(dataDir, 'devices', clientId, 'client-app'),
    trainer: { role: 'client', clients: names.length, client: index, partition, seed },
  };
}

function managerSettings(
  name: ClientName,
  { options, serverManagerUrl, ports }: DevicesSettings,
): ClientManagerProcessSettings {
  const { app, manager } = portsOf(name, ports);
  return {
    clientId: name.clientId,
    port: manager,
    clientUrl: `http://127.0.0.1:${app}`,
    serverManagerUrl,
    dataDir: join(options.dataDir, 'devices', name.clientId, 'client-manager'),
  };
}

function portsOf({ index }: ClientName, ports: readonly number[]) {
  return { app: ports[2 * index]!, manager: ports[2 * index + 1]! };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? text;
}
