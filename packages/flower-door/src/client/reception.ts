import type { Timer } from '@fedops/server';
import { FedOpsError, type RegistrationAnswer } from '@fedops/shared-types';
import type { FlowerStream } from './flower-stream.js';
import { createFrontDesk } from './front-desk.js';
import { type ServedClient, type ServeParts, type ServeSettings, serveClient } from './serve-client.js';

/** Streams beyond `maxClients` are refused. */
export interface ReceptionSettings extends ServeSettings {
  readonly maxClients: number;
}

/** Takes streams in and leads each through the run. */
export interface Reception {
  serve(stream: FlowerStream): void;
  /** Sends everybody away; those who are being told the end of the run have a moment to hear it. */
  close(): Promise<void>;
}

/** Longer than a goodbye takes. */
const CLOSE_MS = 2_500;

export function createReception(parts: ServeParts, settings: ReceptionSettings): Reception {
  const { desk, clock, logger } = parts;
  const frontDesk = createFrontDesk(desk, settings.taskId);
  const served = new Set<ServedClient>();
  let heartbeat: Timer | undefined;

  /** One timer for all: every third of the lease, as clients of the HTTP door do it for themselves. */
  function keepLeasesAlive(everyMs: number): void {
    heartbeat = clock.after(everyMs, () => {
      for (const client of served) client.beat();
      keepLeasesAlive(everyMs);
    });
  }

  function admit(stream: FlowerStream): void {
    if (served.size >= settings.maxClients) {
      throw new FedOpsError(
        'overloaded',
        `${settings.maxClients} Flower clients are connected; no more are taken`,
      );
    }
    const registration = frontDesk.admit(stream);
    if (heartbeat === undefined) keepLeasesAlive(registration.leaseMs / 3);
    const client = serveClient(parts, settings, stream, registration);
    served.add(client);
    void client.ended.then(() => {
      served.delete(client);
      leave(registration);
    });
  }

  /** Where the client has come back meanwhile, its seat is held by a newer token and stays taken. */
  function leave({ clientId, token }: RegistrationAnswer): void {
    try {
      desk.authenticate(token);
    } catch {
      return;
    }
    desk.leave(clientId);
  }

  return {
    serve(stream) {
      try {
        admit(stream);
      } catch (error) {
        logger.warn({ err: error, peer: stream.peer }, 'a Flower client was refused');
        stream.abort(FedOpsError.from(error));
      }
    },
    async close() {
      heartbeat?.cancel();
      const clients = [...served];
      for (const client of clients) client.dismiss();
      let timer: Timer | undefined;
      const patience = new Promise<void>((resolve) => {
        timer = clock.after(CLOSE_MS, resolve);
      });
      await Promise.race([Promise.all(clients.map(({ ended }) => ended)), patience]);
      timer?.cancel();
    },
  };
}
