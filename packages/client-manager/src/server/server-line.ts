import type { DeviceActivity, DeviceRecord, ManagerData, RunId, Signature } from '@fedops/shared-types';
import type { Api } from '../state/manager-state.js';
import type { PartEnd, Run } from '../state/run.js';

/** What a server manager has to tell a device. */
export type News =
  | { readonly kind: 'run'; readonly run: Run }
  | { readonly kind: 'run-over'; readonly key: string }
  | { readonly kind: 'no-run' };

/** The line of a registered device to its server manager. Every method rejects with `FedOpsError`. */
export interface ServerLine {
  readonly api: Api;
  readonly taskId: string;
  /** How the server manager would like signs of life, in milliseconds. */
  heartbeatMs(): number;
  /** The device's record as the server manager keeps it; null from managers that show none. */
  deviceRecord(): DeviceRecord | null;
  /**
   * Returns the run that goes on without this device, since it is for others; null for none.
   *
   * @throws {FedOpsError} `not-found`, `unauthenticated` where the device has to register again.
   */
  heartbeat(activity: DeviceActivity, signal: AbortSignal): Promise<RunId | null>;
  /**
   * What is new. Where the manager offers it, the answer waits for something new; undefined after a wait in vain.
   *
   * @param run The run that the device is at, or was last.
   */
  news(run: Run | null, signal: AbortSignal): Promise<News | undefined>;
  /** True where `news` waits by itself. */
  readonly waits: boolean;
  /** What to post to the client's `/start`. */
  managerData(run: Run, clientMac: string, signal: AbortSignal): Promise<ManagerData>;
  /** Tells how this device's part of a run ended: of this device alone, never of the task. */
  report(run: Run, end: PartEnd, signal: AbortSignal): Promise<void>;
  /** The device goes. */
  leave(signal: AbortSignal): Promise<void>;
}

/** Who registers. */
export interface DeviceFacts {
  readonly taskId: string;
  readonly deviceId: string;
  readonly key: string;
  readonly clientId: string | null;
  readonly mac: string | null;
  readonly name: string | null;
  /** What its client trains, where it says so. */
  readonly signature: Signature | null;
}

/** Where the server manager is. */
export interface ServerManagerAddress {
  readonly url: string;
  /** Shown at registration, where the manager asks for one. */
  readonly token: string | undefined;
  readonly api: 'auto' | Api;
}
