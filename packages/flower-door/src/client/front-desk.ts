import { randomBytes } from 'node:crypto';
import type { ClientDesk } from '@fedops/server';
import {
  ClientIdSchema,
  FedOpsError,
  PROTOCOL_VERSION,
  parseWith,
  type RegistrationAnswer,
  type TaskId,
} from '@fedops/shared-types';
import type { FlowerStream } from './flower-stream.js';

/** Lets streams in as clients of the desk. */
export interface FrontDesk {
  /** @throws {FedOpsError} what the desk refuses a registration with. */
  admit(stream: FlowerStream): RegistrationAnswer;
}

/** `flower-000001` and so on sort as they came, up to a million of them. */
const NUMBER_LENGTH = 6;

/**
 * Names clients that bring no name, by the order in which they come: the same order gives the same names, so the same
 * run. Who comes back after a lost stream is a new client. A name that a stream claims is taken as it is, unless a
 * client of that name is connected.
 */
export function createFrontDesk(desk: Pick<ClientDesk, 'register'>, taskId: TaskId): FrontDesk {
  let streams = 0;

  function register(name: string, { peer }: FlowerStream): RegistrationAnswer {
    return desk.register({
      protocolVersion: PROTOCOL_VERSION,
      taskId,
      clientId: parseWith(ClientIdSchema, name, 'name of the client'),
      key: randomBytes(24).toString('base64url'),
      status: statusOf(taskId, `Flower client at ${peer}`),
    });
  }

  return {
    admit(stream) {
      if (stream.claimedId !== undefined) return register(stream.claimedId, stream);
      for (;;) {
        streams++;
        try {
          return register(`flower-${String(streams).padStart(NUMBER_LENGTH, '0')}`, stream);
        } catch (error) {
          if (!FedOpsError.is(error)) throw error;
          if (error.code === 'permission-denied') throw nameless(error);
          // After a restart, the clients from before it are still expected under their names.
          if (error.code !== 'conflict') throw error;
        }
      }
    },
  };
}

/** A run of listed clients cannot know a client that does not say who it is. */
function nameless(cause: FedOpsError): FedOpsError {
  return new FedOpsError(
    'permission-denied',
    'this run is for listed clients alone, and the stream brings no name: a client says its id as metadata fedops-client-id',
    { cause },
  );
}

/** What a Flower client would say of itself, if it could. */
export function statusOf(taskId: TaskId, name: string, nextVersion = 0) {
  return {
    FL_task_id: taskId.slice(0, 300),
    FL_client_num: 0,
    FL_client_mac: null,
    FL_client_name: name.slice(0, 300),
    FL_client_online: true,
    FL_client_start: true,
    FL_client_fail: false,
    FL_server_IP: null,
    FL_next_gl_model: nextVersion,
  };
}
