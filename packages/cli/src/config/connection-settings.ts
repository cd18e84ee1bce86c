import { BaseUrlSchema } from '@fedops/shared-types';
import { pathSetting, textSetting } from './setting.js';

/**
 * Which server manager a command talks to, and as whom. The token itself comes from a file or the environment alone: a
 * command line is seen by every user of the machine.
 */
export const CONNECTION_SETTINGS = {
  manager: textSetting(BaseUrlSchema, {
    flags: '--manager <url>',
    help: 'server manager to talk to',
    env: 'FEDOPS_SERVER_MANAGER_URL',
  }),
  tokenFile: pathSetting({
    flags: '--token-file <path>',
    help: "file with the operator's token",
    env: 'FEDOPS_ADMIN_TOKEN_FILE',
  }),
} as const;
