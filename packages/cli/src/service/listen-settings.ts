import { readFile } from 'node:fs/promises';
import { FedOpsError } from '@fedops/shared-types';
import { z } from 'zod';
import { listSetting, numberSetting, pathSetting, switchSetting, textSetting } from '../config/setting.js';

const portSchema = z.int().min(0).max(65_535);
const hostSchema = z.string().min(1);

/** What every service is told of its listener. */
export const LISTEN_SETTINGS = {
  host: textSetting(hostSchema, {
    flags: '--host <host>',
    help: 'address to listen on (default: 127.0.0.1)',
  }),
  allowedOrigin: listSetting(hostSchema, {
    flags: '--allowed-origin <origin>',
    help: 'origin of a web page that may use it; may be repeated',
  }),
  tlsKey: pathSetting({ flags: '--tls-key <path>', help: 'private key, PEM' }),
  tlsCert: pathSetting({ flags: '--tls-cert <path>', help: 'certificate, PEM' }),
  insecure: switchSetting({
    flags: '--insecure',
    help: 'listen beyond loopback without tokens or without TLS',
  }),
} as const;

/** The port to listen on, 0 for any that is free. */
export function portSetting(standard: number, env?: string) {
  return numberSetting(portSchema, {
    flags: '--port <port>',
    help: `port to listen on, 0 for any (default: ${standard})`,
    ...(env !== undefined && { env }),
  });
}

/** @throws {FedOpsError} `invalid-argument` for one file without the other; `storage` for one that cannot be read. */
export async function readTls(
  keyFile: string | undefined,
  certFile: string | undefined,
): Promise<{ readonly key: string; readonly cert: string } | undefined> {
  if (keyFile === undefined && certFile === undefined) return undefined;
  if (keyFile === undefined || certFile === undefined) {
    throw new FedOpsError('invalid-argument', 'TLS needs both --tls-key and --tls-cert');
  }
  const [key, cert] = await Promise.all([keyFile, certFile].map(read));
  return { key: key!, cert: cert! };
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new FedOpsError('storage', `cannot read ${path}: ${FedOpsError.from(cause).message}`, { cause });
  }
}
