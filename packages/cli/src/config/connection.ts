import type { Call } from '../call.js';
import { CONNECTION_SETTINGS } from './connection-settings.js';
import { resolveSettings } from './resolve-settings.js';
import { readTokenFile } from './token-file.js';

/** Where the server manager is, and what to show it. */
export interface Connection {
  /** Without a slash at the end. */
  readonly url: string;
  /** For `Authorization: Bearer`; undefined where nobody gave one. */
  readonly token: string | undefined;
}

const DEFAULT_URL = 'http://127.0.0.1:40019';

/**
 * The server manager that a command talks to: `--manager` and `--token-file`, then the environment
 * (`FEDOPS_SERVER_MANAGER_URL`; `FEDOPS_TOKEN` or `FEDOPS_TOKEN_FILE`), then the configuration file.
 *
 * @throws {FedOpsError} `invalid-argument`; `not-found` and `storage` where a file cannot be read.
 */
export async function connectionOf(call: Call): Promise<Connection> {
  const { env, cwd } = call.context;
  const section = (await call.config()).section('connection');
  const { manager, tokenFile } = resolveSettings(CONNECTION_SETTINGS, {
    flags: call.flags,
    env,
    cwd,
    section,
  });
  const flagged = call.flags.tokenFile !== undefined;
  const token = flagged ? undefined : env.FEDOPS_TOKEN?.trim();
  return {
    url: new URL(manager ?? DEFAULT_URL).href.replace(/\/+$/, ''),
    token: token || (tokenFile === undefined ? undefined : await readTokenFile(tokenFile)),
  };
}
