import { pathSetting } from '../config/setting.js';

/** What devices show to enrol at a server manager and at its FL servers. */
export const JOIN_TOKEN_SETTING = pathSetting({
  flags: '--join-token-file <path>',
  help: 'file with what devices show to enrol; or FEDOPS_JOIN_TOKEN holds it',
  env: 'FEDOPS_JOIN_TOKEN_FILE',
});

/** What callers of a client app or of a client manager show. */
export const CONTROL_TOKEN_SETTING = pathSetting({
  flags: '--control-token-file <path>',
  help: 'file with what callers must show; or FEDOPS_CONTROL_TOKEN holds it',
  env: 'FEDOPS_CONTROL_TOKEN_FILE',
});

export const JOIN_TOKEN = { setting: 'joinTokenFile', variable: 'FEDOPS_JOIN_TOKEN' } as const;
export const CONTROL_TOKEN = { setting: 'controlTokenFile', variable: 'FEDOPS_CONTROL_TOKEN' } as const;

/** Of a secret that a service asks for: what it takes in characters. */
export const LEAST_TOKEN_LENGTH = 16;
