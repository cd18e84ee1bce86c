import { z } from 'zod';
import { numberSetting, pathSetting, switchSetting, textSetting } from '../../config/setting.js';
import { portSetting } from '../../service/listen-settings.js';

const ALL_ADDRESSES = ['0.0.0.0', '::', '[::]'];

/** All addresses of a machine are no address that others could use. */
function isNamed(host: string): boolean {
  return !ALL_ADDRESSES.includes(host);
}

/** What `fedops dev` is told. */
export const DEV_SETTINGS = {
  dataDir: pathSetting({
    flags: '--data-dir <path>',
    help: 'directory of all that it keeps (default: .fedops/dev)',
  }),
  port: portSetting(40_019),
  rounds: numberSetting(z.int().min(1).max(1_000), {
    flags: '--rounds <n>',
    help: 'rounds of a run (default: 5)',
  }),
  seed: numberSetting(z.int(), {
    flags: '--seed <n>',
    help: 'all randomness of a run derives from it (default: 0)',
  }),
  host: textSetting(z.string().min(1).refine(isNamed, 'name the one address that other machines use'), {
    flags: '--host <address>',
    help: "this machine's address for other machines; without TLS, so for networks that you trust (default: loopback alone)",
  }),
  flower: switchSetting({
    flags: '--flower',
    help: "let Python's Flower clients take part, too; fedops run show says at which address",
  }),
  once: switchSetting({ flags: '--once', help: 'end after the run (default: go on until Ctrl-C)' }),
} as const;
