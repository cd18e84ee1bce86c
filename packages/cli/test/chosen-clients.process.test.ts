import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ManagedRun, RunView } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { fedopsProcess, processesNaming } from './fedops-process.js';
import { temporaryDirectory } from './temporary-directory.js';

const LONG_MS = 300_000;
const onUnix = process.platform === 'win32' ? test.skip : test;

onUnix(
  'a run for two of three devices trains with these; the third is refused at its FL server, and trains in the next run',
  async () => {
    const cwd = await temporaryDirectory();
    const dev = fedopsProcess(['dev', '--port', '0', '--rounds', '1'], { cwd });
    const { url } = await dev.until('ready');
    await dev.until('model');
    const secret = async (name: string) => (await readFile(join(cwd, '.fedops', 'dev', name), 'utf8')).trim();
    const [adminToken, joinToken] = [await secret('admin.token'), await secret('join.token')];
    const operator = ['--manager', url, '--token-file', join(cwd, '.fedops', 'dev', 'admin.token')];
    const asked = async <T>(path: string): Promise<T> => {
      const answer = await fetch(`${url}${path}`, { headers: { Authorization: `Bearer ${adminToken}` } });
      return (await answer.json()) as T;
    };
    const participants = async (runId: string) => {
      const { history } = await asked<RunView>(`/v1/runs/${runId}/view`);
      return history.flatMap((round) => round.participants.map(({ clientId }) => clientId));
    };

    const chosen = ['--client', 'client-1', '--client', 'client-3', '--clients', '2', '--rounds', '20'];
    const run = fedopsProcess(['run', 'start', 'digits', '--watch', ...chosen, ...operator], { cwd });
    let state: ManagedRun['state'];
    do {
      ({ state } = await asked<ManagedRun>('/v1/runs/r2'));
    } while (state?.status !== 'running' && state?.status !== 'published');
    const refused = await fetch(`${'url' in state ? state.url : ''}/v1/clients`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${joinToken}` },
      body: JSON.stringify({
        protocolVersion: 1,
        taskId: 'digits',
        clientId: 'client-2',
        key: 'a key of somebody who is not chosen',
        status: {
          FL_task_id: 'digits',
          FL_client_num: 0,
          FL_client_mac: null,
          FL_client_online: true,
          FL_client_start: true,
          FL_client_fail: false,
          FL_server_IP: null,
          FL_next_gl_model: 2,
        },
      }),
    });
    expect([refused.status, await refused.json()]).toMatchObject([403, { code: 'permission-denied' }]);
    expect(await run.ended).toBe(0);
    expect(new Set(await participants('r2'))).toEqual(new Set(['client-1', 'client-3']));

    const next = fedopsProcess(['run', 'start', 'digits', '--watch', '--rounds', '1', ...operator], { cwd });
    expect(await next.ended).toBe(0);
    expect(await participants('r3')).toEqual(['client-1', 'client-2', 'client-3']);

    dev.signal('SIGINT');
    expect(await dev.ended).toBe(0);
    expect(processesNaming(cwd)).toEqual([]);
  },
  LONG_MS,
);
