import type { Transport } from '@fedops/client-session';
import type { Parameters } from '@fedops/parameters';
import {
  type Config,
  FedOpsError,
  PROTOCOL_VERSION,
  RunIdSchema,
  type Signature,
} from '@fedops/shared-types';
import { credentials } from '@grpc/grpc-js';
import { parseServerAddress, type ServerAddress } from './address.js';
import { createFlowerConnection } from './flower-connection.js';
import { openGrpcStream } from './grpc-stream.js';

/** Which Flower server to join, and what it is told. Durations in milliseconds. */
export interface FlowerTransportOptions {
  /** `host:port`, or a URL: `grpc://` and `http://` are plain, `grpcs://` and `https://` use TLS. */
  readonly address: string;
  /** Certificates to trust, in PEM, for a server with one of its own; makes the connection use TLS. */
  readonly ca?: string | Buffer;
  /**
   * What the model looks like to the trainer. Flower's tensors come without names and are bound by their place;
   * float32 and float64 are converted to what stands here. By default tensors are called `arr_0`, `arr_1`, … and
   * stay as they come.
   */
  readonly signature?: Signature;
  /** What to answer a server that has no initial parameters of its own and asks one client for them. */
  readonly initialParameters?: () => Parameters | Promise<Parameters>;
  /** What to answer a server that asks for properties; nothing by default. */
  readonly properties?: Config;
  /**
   * The global model version that the run is to publish, asked at each connection; undefined, as without it, counts as
   * 1. Flower has no versions, but whoever started the client may know.
   */
  readonly nextVersion?: () => Promise<number | undefined>;
  /** Work that takes longer is dropped; a day by default, as Flower never tells when a round closes. */
  readonly workMs?: number;
  /** An attempt to connect lasts so long; 10,000 by default. */
  readonly connectMs?: number;
  /** Larger messages break the stream; 2^31 - 1 by default, as Flower's own. */
  readonly maxMessageBytes?: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const CONNECT_MS = 10_000;
const MAX_MESSAGE_BYTES = 2 ** 31 - 1;

/** An open stream needs no lease; the session looks this often whether it is open still, three times over. */
const LEASE_MS = 15_000;

/**
 * Joins a client to a Python Flower server (`fl.server.start_server`): a transport for a session or an
 * `FLClientTask`. A run there has no name, no version and no digest: `finish` tells `nextVersion` and the digest of the
 * last model that this client was shown.
 *
 * @throws {FedOpsError} `invalid-argument` for an address that is none.
 */
export function createFlowerTransport(options: FlowerTransportOptions): Transport {
  const address = parseServerAddress(options.address);
  const channelCredentials = credentialsOf(address, options.ca);
  const { connectMs = CONNECT_MS, maxMessageBytes = MAX_MESSAGE_BYTES, workMs = DAY_MS } = options;
  return {
    async connect({ protocolVersion, taskId, clientId }, { signal }) {
      if (protocolVersion !== PROTOCOL_VERSION) {
        throw new FedOpsError(
          'unsupported',
          `expected protocol version ${PROTOCOL_VERSION}, got ${protocolVersion}`,
        );
      }
      const { target } = address;
      const nextVersion = (await options.nextVersion?.()) ?? 1;
      const stream = await openGrpcStream(
        { target, credentials: channelCredentials, clientId, maxMessageBytes, connectMs },
        signal,
      );
      const registration = {
        protocolVersion,
        taskId,
        clientId,
        token: 'none',
        runId: RunIdSchema.parse(`flower at ${target}`.slice(0, 200)),
        rounds: 1,
        nextVersion,
        signature: [...(options.signature ?? [])].map(({ name, shape, dtype }) => ({
          name,
          shape: [...shape],
          dtype,
        })),
        leaseMs: LEASE_MS,
        maxUpdateBytes: maxMessageBytes,
      };
      const { signature, initialParameters, properties = {} } = options;
      return createFlowerConnection(stream, registration, {
        signature,
        initialParameters,
        properties,
        workMs,
      });
    },
  };
}

function credentialsOf({ isSecured }: ServerAddress, ca: string | Buffer | undefined) {
  if (ca !== undefined) return credentials.createSsl(Buffer.from(ca));
  return isSecured ? credentials.createSsl() : credentials.createInsecure();
}
