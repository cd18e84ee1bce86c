import { FedOpsError } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { z } from 'zod';
import { resolveSettings } from './resolve-settings.js';
import { listSetting, numberSetting, pathSetting, switchSetting } from './setting.js';

const SETTINGS = {
  port: numberSetting(z.int().min(0).max(65_535), {
    flags: '--port <port>',
    help: '',
    env: 'FEDOPS_CLIENT_PORT',
  }),
  dataDir: pathSetting({ flags: '--data-dir <path>', help: '', env: 'FEDOPS_DATA_DIR' }),
  insecure: switchSetting({ flags: '--insecure', help: '', env: 'FEDOPS_INSECURE' }),
  host: listSetting(z.string().min(1), { flags: '--host <host>', help: '', env: 'FEDOPS_HOSTS' }),
};

function resolved(
  flags: Record<string, unknown>,
  env: Record<string, string>,
  values: Record<string, unknown>,
) {
  return resolveSettings(SETTINGS, { flags, env, cwd: '/here', section: { values, directory: '/there' } });
}

test('a flag wins over the environment, which wins over the file', () => {
  const env = { FEDOPS_CLIENT_PORT: '2' };
  expect(resolved({ port: '1' }, env, { port: 3 }).port).toBe(1);
  expect(resolved({}, env, { port: 3 }).port).toBe(2);
  expect(resolved({}, {}, { port: 3 }).port).toBe(3);
  expect(resolved({}, {}, {}).port).toBeUndefined();
});

test('an empty variable says nothing', () => {
  expect(resolved({}, { FEDOPS_CLIENT_PORT: ' ' }, { port: 3 }).port).toBe(3);
});

test('a path starts where it was written', () => {
  expect(resolved({ dataDir: 'd' }, {}, {}).dataDir).toBe('/here/d');
  expect(resolved({}, { FEDOPS_DATA_DIR: '/abs' }, {}).dataDir).toBe('/abs');
  expect(resolved({}, {}, { dataDir: 'd' }).dataDir).toBe('/there/d');
});

test('a list comes from repeated flags or from commas', () => {
  expect(resolved({ host: ['a', 'b'] }, {}, {}).host).toEqual(['a', 'b']);
  expect(resolved({}, { FEDOPS_HOSTS: 'a, b' }, {}).host).toEqual(['a', 'b']);
});

test.each([
  ['--port', { port: '80x' }, {}],
  ['--port', { port: '65536' }, {}],
  ['FEDOPS_INSECURE', {}, { FEDOPS_INSECURE: 'perhaps' }],
])('what is wrong is named: %s', (name, flags, env) => {
  let caught: unknown;
  try {
    resolved(flags, env as Record<string, string>, {});
  } catch (error) {
    caught = error;
  }
  expect(FedOpsError.from(caught)).toMatchObject({ code: 'invalid-argument', details: { setting: name } });
});
