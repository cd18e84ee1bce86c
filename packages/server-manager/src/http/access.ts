import { bearerToken, sameSecret } from '@fedops/http-service';
import { FedOpsError, type RunId, type TaskId } from '@fedops/shared-types';
import type { Request } from 'express';
import type { DeviceDesk } from '../devices/device-desk.js';
import type { RunDesk } from '../runs/run-desk.js';
import { hashOf } from '../secrets.js';

/**
 * Who may use a route: everybody; an operator; an operator or whoever may enrol devices; those and whoever takes part
 * in the task, be it a device or its FL server; or one device alone.
 */
export type Access = 'open' | 'operator' | 'enrolled' | 'member' | 'device';

/** The tokens of operator and devices; undefined where none is configured, and routes that ask for it are open. */
export interface AccessSettings {
  readonly adminToken: string | undefined;
  readonly deviceToken: string | undefined;
}

export interface AccessParts {
  readonly devices: DeviceDesk;
  readonly runs: RunDesk;
}

/** What the path names. */
export interface Concerned {
  readonly taskId?: TaskId;
  readonly deviceId?: string;
  readonly runId?: RunId;
}

/** Passes, or throws `unauthenticated` or `permission-denied`. */
export type CheckAccess = (access: Access, request: Request, concerned: Concerned) => void;

/** @see Access */
export function createAccess({ devices, runs }: AccessParts, settings: AccessSettings): CheckAccess {
  const { adminToken, deviceToken } = settings;
  const isOperator = (token: string | undefined) => holds(token, adminToken);
  const isEnrolled = (token: string | undefined) => isOperator(token) || holds(token, deviceToken);

  /** The FL server of the task's run shows the token that it was given, also for its last reports. */
  function isServer(taskId: TaskId, token: string): boolean {
    return runs.latest(taskId)?.tokenHash === hashOf(token);
  }

  function isMember(taskId: TaskId | undefined, token: string | undefined): boolean {
    if (isEnrolled(token)) return true;
    if (token === undefined || taskId === undefined) return false;
    return devices.holder(taskId, token) !== undefined || isServer(taskId, token);
  }

  return (access, request, { taskId, deviceId }) => {
    const token = bearerToken(request);
    switch (access) {
      case 'open':
        return;
      case 'operator':
        if (!isOperator(token)) throw refusal(token, "the operator's token");
        return;
      case 'enrolled':
        if (!isEnrolled(token)) throw refusal(token, 'the token for devices');
        return;
      case 'member':
        if (!isMember(taskId, token)) throw refusal(token, "a token of one of the task's devices");
        return;
      case 'device':
        if (taskId === undefined || deviceId === undefined) throw refusal(token, "the device's token");
        devices.authenticate(taskId, deviceId, token);
    }
  };
}

/** Without a secret everybody holds it: `listen` lets that be on loopback, or where the operator insists. */
function holds(token: string | undefined, secret: string | undefined): boolean {
  return secret === undefined || (token !== undefined && sameSecret(token, secret));
}

function refusal(token: string | undefined, what: string): FedOpsError {
  return token === undefined
    ? new FedOpsError('unauthenticated', `expected ${what} as Authorization: Bearer`)
    : new FedOpsError('permission-denied', `this needs ${what}`);
}
