import type { Clock } from '@fedops/client-session';
import { type ClientId, FedOpsError, type ManagerData } from '@fedops/shared-types';
import type { ClientLine } from './client-line.js';
import type { DeviceList } from './device-list.js';

export interface WatchParts {
  readonly line: ClientLine;
  readonly devices: DeviceList;
  readonly clock: Clock;
  /** Whether the FL server has said that it is ready. */
  readonly isServerReady: () => boolean;
}

export interface WatchedClient {
  readonly clientId: ClientId;
  /** Of its client app. */
  readonly url: string;
  readonly managerData: ManagerData;
}

/** Python's managers ask every few seconds; a live view wants to see more. */
const LOOK_EVERY_MS = 300;

/**
 * Looks after one client until the signal aborts: asks whether it is online, and starts it, once, as soon as it is
 * and the FL server is ready. A start that fails is tried again with the next look.
 */
export async function watchClient(
  { line, devices, clock, isServerReady }: WatchParts,
  { clientId, url, managerData }: WatchedClient,
  signal: AbortSignal,
): Promise<void> {
  let isStarted = false;

  async function look(): Promise<void> {
    const { session } = await line.online(url, signal);
    devices.count(clientId, 'online');
    devices.seen(clientId, session);
    if (isStarted || !isServerReady()) return;
    const started = await line.start(url, managerData, signal);
    isStarted = true;
    devices.count(clientId, 'start');
    devices.seen(clientId, started.session);
  }

  while (!signal.aborted) {
    await look().catch((error: unknown) => {
      const { code, message } = FedOpsError.from(error);
      if (code === 'conflict') isStarted = true;
      else if (!signal.aborted) devices.missed(clientId, message);
    });
    await clock.sleep(LOOK_EVERY_MS, signal).catch(() => undefined);
  }
}
