import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { FedOpsError } from '@fedops/shared-types';

/** How the manager speaks with FL servers that it started. */
export interface ServerCredentials {
  /** What it shows to them. */
  readonly enrolmentToken: string | undefined;
  /** The certificate that it gave them, in PEM; undefined where they listen without TLS. */
  readonly certificate: string | undefined;
}

/** What is asked of an FL server. */
export interface ServerQuestion {
  /** Base URL of the FL server. */
  readonly url: string;
  readonly path: string;
  readonly accept: string;
  readonly signal: AbortSignal;
}

const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Asks an FL server of the manager's own. With TLS only the certificate that the manager gave it is taken: it is
 * reached by a loopback address, which no certificate names.
 *
 * @returns The answer as it begins, whatever its status.
 * @throws {FedOpsError} `unavailable` where it does not answer, or somebody else does.
 */
export async function askServer(
  { url, path, accept, signal }: ServerQuestion,
  { enrolmentToken, certificate }: ServerCredentials,
): Promise<IncomingMessage> {
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  try {
    const socket: Socket | undefined =
      certificate === undefined
        ? undefined
        : await connected({ host, port: Number(port), signal }, certificate);
    const asked = request({
      host,
      port,
      path,
      signal,
      headers: {
        Accept: accept,
        ...(enrolmentToken !== undefined && { Authorization: `Bearer ${enrolmentToken}` }),
      },
      ...(socket !== undefined && { createConnection: () => socket }),
    });
    asked.end();
    const [answer] = (await once(asked, 'response', { signal })) as [IncomingMessage];
    return answer;
  } catch (cause) {
    throw new FedOpsError('unavailable', 'the FL server of the run does not answer', { cause });
  }
}

/** A JSON body, of at most 16 MiB. @throws {FedOpsError} `bad-response` */
export async function jsonOf(answer: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MOST_BYTES) throw new FedOpsError('bad-response', 'the answer of the FL server is too long');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (cause) {
    throw new FedOpsError('bad-response', 'the FL server answered something else than JSON', { cause });
  }
}

/** A connection whose other end has shown that it holds the certificate's key; nothing is sent before. */
async function connected(
  { host, port, signal }: { readonly host: string; readonly port: number; readonly signal: AbortSignal },
  certificate: string,
): Promise<TLSSocket> {
  const socket = connect({ host, port, rejectUnauthorized: false });
  try {
    await once(socket, 'secureConnect', { signal });
    const shown = socket.getPeerX509Certificate()?.fingerprint256;
    if (shown !== new X509Certificate(certificate).fingerprint256) {
      throw new FedOpsError('unavailable', 'somebody else listens on the port of the FL server');
    }
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}
