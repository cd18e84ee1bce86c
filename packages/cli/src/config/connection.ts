import type { Call } from '../call.js';
import { CONNECTION_SETTINGS } from './connection-settings.js';
import { secretFrom } from './secret.js';
import { settingsOf } from './settings-of.js';

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
 * (`FEDOPS_SERVER_MANAGER_URL`; `FEDOPS_ADMIN_TOKEN` or `FEDOPS_ADMIN_TOKEN_FILE`), then the configuration file.
 *
 * @throws {FedOpsError} `invalid-argument`; `not-found` and `storage` where a file cannot be read.
 */
export async function connectionOf(call: Call): Promise<Connection> {
  const { manager, tokenFile } = await settingsOf(call, 'connection', CONNECTION_SETTINGS);
  return {
    url: new URL(manager ?? DEFAULT_URL).href.replace(/\/+$/, ''),
    token: await secretFrom(call, { setting: 'tokenFile', variable: 'FEDOPS_ADMIN_TOKEN', file: tokenFile }),
  };
}
