import { BaseUrlSchema, ClientIdSchema, TaskIdSchema } from '@fedops/shared-types';
import { z } from 'zod';
import { listSetting, pathSetting, textSetting } from '../../config/setting.js';
import { LISTEN_SETTINGS, portSetting } from '../../service/listen-settings.js';
import { CONTROL_TOKEN_SETTING, JOIN_TOKEN_SETTING } from '../../service/token-settings.js';

/** What `fedops client-manager` is told. */
export const CLIENT_MANAGER_SETTINGS = {
  manager: textSetting(BaseUrlSchema, {
    flags: '--manager <url>',
    help: 'server manager to register at',
    env: 'FEDOPS_SERVER_MANAGER_URL',
  }),
  joinTokenFile: JOIN_TOKEN_SETTING,
  api: textSetting(z.enum(['auto', 'v1', 'legacy']), {
    flags: '--api <api>',
    help: "which routes of the server manager: v1, legacy (Python's), auto to find out (default: auto)",
  }),
  clientUrl: textSetting(BaseUrlSchema, {
    flags: '--client-url <url>',
    help: 'client app to look after (default: loopback at FEDOPS_CLIENT_PORT, else 8003)',
  }),
  clientTokenFile: pathSetting({
    flags: '--client-token-file <path>',
    help: "file with the client app's control token; or FEDOPS_CLIENT_TOKEN holds it",
    env: 'FEDOPS_CLIENT_TOKEN_FILE',
  }),
  dataDir: pathSetting({
    flags: '--data-dir <path>',
    help: 'directory of its identity and state (default: .fedops/client-manager)',
    env: 'FEDOPS_DATA_DIR',
  }),
  taskId: textSetting(TaskIdSchema, {
    flags: '--task-id <id>',
    help: "leave a client app of another task alone (default: the client app's own)",
    env: 'FEDOPS_TASK_ID',
  }),
  deviceId: textSetting(ClientIdSchema, {
    flags: '--device-id <id>',
    help: 'id of this device (default: one that its data directory keeps)',
  }),
  clientId: textSetting(ClientIdSchema, {
    flags: '--client-id <id>',
    help: 'id under which the client app takes part, where that differs from the device',
    env: 'FEDOPS_CLIENT_INSTANCE_ID',
  }),
  name: textSetting(z.string().min(1), { flags: '--name <name>', help: 'name of this device, for people' }),
  port: portSetting(8_004),
  ...LISTEN_SETTINGS,
  ownHost: listSetting(z.string().min(1), {
    flags: '--own-host <host>',
    help: 'further name under which it is reached; may be repeated',
  }),
  controlTokenFile: CONTROL_TOKEN_SETTING,
} as const;
