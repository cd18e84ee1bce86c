import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { FedOpsError, RegistrationAnswerSchema } from '@fedops/shared-types';
import type { Transport } from '../connection.js';
import { PATH, parseEndpoint } from './endpoint.js';
import { createHttpCaller } from './http-caller.js';
import { createHttpConnection } from './http-connection.js';

const REGISTER_MS = 15_000;
const STALL_MS = 30_000;

/** A signature may have 16 MiB; the rest of the answer is small. */
const MAX_REGISTRATION_BYTES = 20 * 1024 * 1024;

/** The longest array that every supported Node can make. */
const MAX_PARAMETERS_BYTES = 4 * 1024 * 1024 * 1024;

/** Where the server is and how to reach it. */
export interface HttpTransportOptions {
  /** Where the FL server answers: `http://127.0.0.1:8080`, `https://host/prefix`. */
  readonly baseUrl: string;
  /** What the server was told to ask of clients that want to register. */
  readonly enrolmentToken?: string;
  /** Certificates to trust besides, in PEM, for a server with one of its own. */
  readonly ca?: string | Buffer;
  /** A transfer fails when nothing moved for so long; 30,000 by default. */
  readonly stallMs?: number;
  /** Larger models are refused before memory is taken for them; 4 GiB by default. */
  readonly maxParametersBytes?: number;
}

/**
 * Clients of the HTTP door of an FL server: docs/protocol.md, sections 1 and 2.
 *
 * @throws {FedOpsError} `invalid-argument` where `baseUrl` is no http or https URL.
 */
export function createHttpTransport(options: HttpTransportOptions): Transport {
  const {
    baseUrl,
    enrolmentToken,
    ca,
    stallMs = STALL_MS,
    maxParametersBytes = MAX_PARAMETERS_BYTES,
  } = options;
  const endpoint = parseEndpoint(baseUrl);
  const Agent = endpoint.url.protocol === 'https:' ? HttpsAgent : HttpAgent;
  const agent = new Agent({ keepAlive: true });
  const caller = createHttpCaller({ endpoint, agent, ca, stallMs });
  return {
    async connect(registration, { signal }) {
      const answer = await caller.json(
        {
          method: 'POST',
          path: PATH.clients,
          token: enrolmentToken,
          json: registration,
          signal,
          totalMs: REGISTER_MS,
        },
        RegistrationAnswerSchema,
        MAX_REGISTRATION_BYTES,
      );
      if (answer === undefined)
        throw new FedOpsError('bad-response', 'registration: expected an answer, got none');
      return createHttpConnection({
        caller,
        registration: answer,
        maxParametersBytes,
        release: () => agent.destroy(),
      });
    },
  };
}
