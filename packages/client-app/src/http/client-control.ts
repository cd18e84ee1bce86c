import type { ClientStatus, ManagerData, Signature } from '@fedops/shared-types';
import type { DoorSettings } from '../task/task-settings.js';
import type { RestingState, TaskState } from '../task/task-state.js';

/** A task as the routes drive it; an `FLClientTask` is one. */
export interface ClientControl {
  readonly door: DoorSettings;
  state(): TaskState;
  status(): ClientStatus;
  /** What the client trains; undefined where it does not know, and left out where it never does. */
  signature?(): Signature | undefined;
  /** Throws at once what refuses the start; the promise never rejects. */
  begin(managerData?: ManagerData): Promise<RestingState>;
  stop(reason?: string): Promise<void>;
}
