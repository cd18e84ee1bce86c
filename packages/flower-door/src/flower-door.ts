import { layoutOf } from '@fedops/parameters';
import { type FurtherDoor, type FurtherDoorParts, type OpenDoor, systemClock } from '@fedops/server';
import { FedOpsError } from '@fedops/shared-types';
import { createByteBudget } from './byte-budget.js';
import { createReception } from './client/reception.js';
import { isLoopback } from './grpc/host.js';
import { listen } from './grpc/listen.js';
import { createMessageMemory } from './grpc/message-memory.js';
import { createInstructionMessages } from './model/instruction-messages.js';
import type { FlowerDoorSettings, FlowerWork } from './settings.js';

const MIB = 1024 * 1024;
const MAX_CLIENTS = 10_000;
/** Room for those who are told that there is no room. */
const FURTHER_CONNECTIONS = 1_000;
const RECEIVE_BUDGET_BYTES = 256 * MIB;
const SEND_MS = 300_000;

/** Half of what an FL server takes at a time by default, so that clients of its HTTP door get their turns too. */
const UPLOADS_AT_A_TIME = 8;

/**
 * A door for Flower's clients: gRPC service `flwr.proto.FlowerService`, which `start_client` and
 * `start_numpy_client` of Flower speak. Give it to an FL server as one of its `doors`.
 *
 * @throws {FedOpsError} `invalid-argument` for a host beyond loopback without `insecure`; when the server starts,
 *   `unavailable` for a port in use and `invalid-argument` for a bad certificate or host.
 */
export function flowerDoor(settings: FlowerDoorSettings): FurtherDoor {
  const { host = '127.0.0.1', insecure = false } = settings;
  if (!isLoopback(host) && !insecure) {
    throw new FedOpsError(
      'invalid-argument',
      `host ${host}: Flower's clients carry no credentials; beyond loopback the door needs insecure: true`,
    );
  }
  return (parts) => open({ ...settings, host }, parts);
}

async function open(
  settings: FlowerDoorSettings & { readonly host: string },
  { desk, run, parameters, logger }: FurtherDoorParts,
): Promise<OpenDoor> {
  const { host, port, tls, clock = systemClock, sendMs = SEND_MS, maxClients = MAX_CLIENTS } = settings;
  const { taskId, signature, rounds } = run;
  const { configOf = withRound, doubles = [], receiveBudgetBytes = RECEIVE_BUDGET_BYTES } = settings;
  const { maxConnections = maxClients + FURTHER_CONNECTIONS } = settings;
  // Twice the model, so that one in another precision is refused by name and not by size.
  const { maxMessageBytes = 2 * layoutOf(signature).byteLength + MIB } = settings;

  const reception = createReception(
    {
      desk,
      clock,
      logger,
      delivery: { desk, signature, turns: createByteBudget(UPLOADS_AT_A_TIME), clock, logger },
      messages: createInstructionMessages({ parameters, configOf, rounds, doubles }),
    },
    { taskId, sendMs, maxClients },
  );
  const memory = createMessageMemory(receiveBudgetBytes, clock);
  const listener = await listen(
    { host, port, tls, maxConnections, clock, maxMessageBytes, memory },
    reception.serve,
  );
  logger.info({ url: listener.url }, 'listening for Flower clients');
  if (!isLoopback(host)) {
    logger.warn({ host }, 'whoever reaches this port takes part: Flower has no credentials for clients');
  }

  let closing: Promise<void> | undefined;
  async function close(): Promise<void> {
    await reception.close();
    await listener.close();
    memory.close();
  }
  return { url: listener.url, close: () => (closing ??= close()) };
}

/** Flower's clients have no other way to know the round. */
function withRound({ round, config }: FlowerWork) {
  return { round, ...config };
}
