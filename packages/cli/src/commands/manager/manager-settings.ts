import { z } from 'zod';
import { listSetting, pathSetting, switchSetting, textSetting } from '../../config/setting.js';
import { LISTEN_SETTINGS, portSetting } from '../../service/listen-settings.js';
import { JOIN_TOKEN_SETTING } from '../../service/token-settings.js';

const PORTS = /^(any|(\d{1,5})-(\d{1,5}))$/;

/** What `fedops manager` is told. */
export const MANAGER_SETTINGS = {
  dataDir: pathSetting({
    flags: '--data-dir <path>',
    help: 'directory of its store, models and logs (default: .fedops/manager)',
    env: 'FEDOPS_DATA_DIR',
  }),
  port: portSetting(40_019),
  ...LISTEN_SETTINGS,
  allowedHost: listSetting(z.string().min(1), {
    flags: '--allowed-host <host>',
    help: 'further name under which it is reached; may be repeated',
  }),
  adminTokenFile: pathSetting({
    flags: '--admin-token-file <path>',
    help: 'file with what operators show; or FEDOPS_ADMIN_TOKEN holds it',
    env: 'FEDOPS_ADMIN_TOKEN_FILE',
  }),
  joinTokenFile: JOIN_TOKEN_SETTING,
  serverHost: textSetting(z.string().min(1), {
    flags: '--server-host <host>',
    help: 'address that its FL servers listen on (default: 127.0.0.1)',
  }),
  serverPublicHost: textSetting(z.string().min(1), {
    flags: '--server-public-host <host>',
    help: 'name under which clients reach its FL servers (default: --server-host)',
  }),
  serverPorts: textSetting(z.string().regex(PORTS, 'expected any, or first-last such as 40026-40125'), {
    flags: '--server-ports <range>',
    help: 'ports of its FL servers: first-last, or any (default: 40026-40125)',
  }),
  flower: switchSetting({
    flags: '--flower',
    help: "open a door for Python's Flower and FedOps clients in each FL server",
  }),
  flowerPorts: textSetting(z.string().regex(PORTS, 'expected any, or first-last such as 40126-40225'), {
    flags: '--flower-ports <range>',
    help: 'ports of these doors: first-last, or any (default: 40126-40225)',
  }),
  composition: pathSetting({
    flags: '--composition <module>',
    help: 'module that brings further parts to its FL servers: exports composeServer',
  }),
  stopServers: switchSetting({
    flags: '--stop-servers',
    help: 'end running FL servers when it ends (default: they go on, and the next manager finds them)',
  }),
} as const;

/** @param range As the setting takes it. */
export function readPorts(range: string): 'any' | { readonly first: number; readonly last: number } {
  const [, , first, last] = PORTS.exec(range) ?? [];
  return first === undefined ? 'any' : { first: Number(first), last: Number(last) };
}
