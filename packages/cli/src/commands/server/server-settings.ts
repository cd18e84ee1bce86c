import { BaseUrlSchema, RunOverridesSchema, TaskIdSchema } from '@fedops/shared-types';
import { z } from 'zod';
import { jsonSetting, listSetting, numberSetting, pathSetting, textSetting } from '../../config/setting.js';
import { LISTEN_SETTINGS, portSetting } from '../../service/listen-settings.js';
import { JOIN_TOKEN_SETTING } from '../../service/token-settings.js';

/** What `fedops server` is told, besides the settings of its run as flags. */
export const SERVER_SETTINGS = {
  taskId: textSetting(TaskIdSchema, {
    flags: '--task-id <id>',
    help: 'task that it serves; needed',
    env: 'FEDOPS_TASK_ID',
  }),
  initialModel: pathSetting({
    flags: '--initial-model <path>',
    help: 'model that a task without a version starts from: safetensors, npz, or ours; needed where FEDOPS_INITIAL_MODEL_URL is not set',
  }),
  run: jsonSetting(RunOverridesSchema, {
    flags: '--run <json>',
    help: 'settings of the run, as a task has them; a flag for one of them wins',
  }),
  composition: pathSetting({
    flags: '--composition <module>',
    help: 'module that brings further parts: exports composeServer',
  }),
  dataDir: pathSetting({
    flags: '--data-dir <path>',
    help: 'directory of its journal and models (default: .fedops/server)',
    env: 'FEDOPS_DATA_DIR',
  }),
  manager: textSetting(BaseUrlSchema, {
    flags: '--manager <url>',
    help: 'server manager that it reports to (default: none)',
    env: 'FEDOPS_SERVER_MANAGER_URL',
  }),
  joinTokenFile: JOIN_TOKEN_SETTING,
  flowerPort: numberSetting(z.int().min(0).max(65_535), {
    flags: '--flower-port <port>',
    help: "port for Python's Flower clients, 0 for any (default: they are not served)",
  }),
  port: portSetting(8_080),
  ...LISTEN_SETTINGS,
  allowedHost: listSetting(z.string().min(1), {
    flags: '--allowed-host <host>',
    help: 'further name under which it is reached; may be repeated',
  }),
} as const;
