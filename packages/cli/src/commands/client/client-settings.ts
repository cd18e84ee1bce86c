import { BaseUrlSchema, ClientIdSchema, TaskIdSchema } from '@fedops/shared-types';
import { z } from 'zod';
import { jsonSetting, listSetting, pathSetting, switchSetting, textSetting } from '../../config/setting.js';
import { LISTEN_SETTINGS, portSetting } from '../../service/listen-settings.js';
import { CONTROL_TOKEN_SETTING, JOIN_TOKEN_SETTING } from '../../service/token-settings.js';
import { SAMPLE } from './sample-part.js';

/** What `fedops client` is told. */
export const CLIENT_SETTINGS = {
  taskId: textSetting(TaskIdSchema, {
    flags: '--task-id <id>',
    help: 'task to take part in; needed',
    env: 'FEDOPS_TASK_ID',
  }),
  trainer: pathSetting({
    flags: '--trainer <module>',
    help: 'module that trains, in a worker thread: exports createTrainer',
  }),
  trainerData: jsonSetting(z.json(), {
    flags: '--trainer-data <json>',
    help: 'what createTrainer is handed',
  }),
  command: listSetting(z.string(), {
    flags: '--command <program...>',
    help: 'program that trains, with its arguments; those that begin with a dash stand after --',
  }),
  sample: textSetting(z.string().regex(SAMPLE, 'expected digits, or digits:1/4 for one part of four'), {
    flags: '--sample <data>',
    help: 'train on data that fedops brings along: digits, or digits:1/4 for one part of four',
  }),
  server: textSetting(BaseUrlSchema, {
    flags: '--server <url>',
    help: 'FL server (default: the client manager or the server manager says which)',
  }),
  manager: textSetting(BaseUrlSchema, {
    flags: '--manager <url>',
    help: 'server manager',
    env: 'FEDOPS_SERVER_MANAGER_URL',
  }),
  clientManager: textSetting(BaseUrlSchema, {
    flags: '--client-manager <url>',
    help: 'client manager of this device',
    env: 'FEDOPS_CLIENT_MANAGER_URL',
  }),
  managed: switchSetting({
    flags: '--managed',
    help: 'run the client manager too: registers this device and starts the client, run by run',
  }),
  once: switchSetting({ flags: '--once', help: 'take part in one run at once, and end with it' }),
  performance: textSetting(BaseUrlSchema, {
    flags: '--performance <url>',
    help: 'service that takes the metrics of this client',
    env: 'FEDOPS_CLIENT_PERFORMANCE_URL',
  }),
  joinTokenFile: JOIN_TOKEN_SETTING,
  dataDir: pathSetting({
    flags: '--data-dir <path>',
    help: 'directory of its identity (default: .fedops/client)',
    env: 'FEDOPS_DATA_DIR',
  }),
  clientId: textSetting(ClientIdSchema, {
    flags: '--client-id <id>',
    help: 'id of this client (default: one that its data directory keeps)',
    env: 'FEDOPS_CLIENT_INSTANCE_ID',
  }),
  name: textSetting(z.string().min(1), {
    flags: '--name <name>',
    help: 'name for people (default: host name)',
  }),
  allowedHost: listSetting(z.string().min(1), {
    flags: '--allowed-host <host>',
    help: 'host of an FL server that a start may name; may be repeated',
  }),
  port: portSetting(8_003, 'FEDOPS_CLIENT_PORT'),
  ...LISTEN_SETTINGS,
  ownHost: listSetting(z.string().min(1), {
    flags: '--own-host <host>',
    help: 'further name under which it is reached; may be repeated',
  }),
  controlTokenFile: CONTROL_TOKEN_SETTING,
} as const;
