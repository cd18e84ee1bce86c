import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Trainer } from '@fedops/client-session';
import { silentLogger } from '@fedops/http-service';
import { FLServer, type RunningServer } from '@fedops/server';
import type { ClientId, TaskId } from '@fedops/shared-types';
import { fedAvg } from '@fedops/strategies';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';
import { type CustomClient, startCustomClient } from '../src/client/custom-client.js';
import { parametersOf, untrainedModel } from '../src/model/strike-model.js';

/** Gives back what it got, once it is let go. */
function gatedTrainer() {
  const gate = deferred();
  const trainer: Trainer = {
    fit: async ({ parameters }) => {
      await gate.opened;
      return { parameters, numExamples: 1, metrics: {} };
    },
    evaluate: async () => ({ loss: 0, numExamples: 1, metrics: {} }),
  };
  return { trainer, open: gate.open };
}

function deferred() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

describe('the custom client', () => {
  let directory: string;
  let server: RunningServer;
  let client: CustomClient;
  let letGo: () => void;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'custom-client-test-'));
    server = await new FLServer(
      { taskId: 'strikes', rounds: 1, listen: { port: 0 } },
      { strategy: fedAvg(), initialParameters: parametersOf(untrainedModel()), logger: silentLogger },
    ).start();
    const { trainer, open } = gatedTrainer();
    letGo = open;
    client = await startCustomClient(trainer, {
      taskId: 'strikes' as TaskId,
      clientId: 'AN AIRPORT' as ClientId,
      serverUrl: server.url,
      dataDir: directory,
    });
  });

  afterEach(async () => {
    letGo();
    await client.session.stop('the test is over');
    await client.listener.close({ graceMs: 0 });
    await server.close();
    await rm(directory, { recursive: true, force: true });
  });

  const online = async () => (await supertest(client.listener.url).get('/online').expect(200)).body;
  const start = (body?: object) => supertest(client.listener.url).post('/start').send(body);

  function phaseIs(phase: string): Promise<void> {
    return new Promise((resolve) => {
      if (client.session.state().phase === phase) return resolve();
      const end = client.session.onChange((state) => {
        if (state.phase !== phase) return;
        end();
        resolve();
      });
    });
  }

  it('shows what its session does, from before a start to the end of the run', async () => {
    expect(await online()).toMatchObject({ FL_client_start: false, session: { phase: 'idle' } });
    const fitting = phaseIs('fitting');
    await start().expect(200);
    await fitting;
    expect(await online()).toMatchObject({
      FL_client_start: true,
      client_start: true,
      FL_next_gl_model: 1,
      FL_server_IP: `127.0.0.1:${server.port}`,
    });
    const finished = phaseIs('finished');
    letGo();
    await finished;
    expect(await online()).toMatchObject({ FL_client_start: false, session: { phase: 'finished' } });
    expect(await server.finished).toMatchObject({ status: 'published', version: 1 });
  });

  it('starts at the address that it was made for, and at no other', async () => {
    const elsewhere = { server_ip: '127.0.0.1:9', client_mac: '02:00:00:00:00:01' };
    expect((await start(elsewhere).expect(403)).body).toMatchObject({ code: 'permission-denied' });
    expect(client.session.state().phase).toBe('idle');
    const here = { ...elsewhere, server_ip: `127.0.0.1:${server.port}` };
    await start(here).expect(200);
  });

  it('refuses a second start while it takes part, and goes on', async () => {
    const fitting = phaseIs('fitting');
    await start().expect(200);
    await fitting;
    expect((await start().expect(409)).body).toMatchObject({ code: 'conflict' });
    expect(client.session.state().phase).toBe('fitting');
  });

  it('keeps web pages out', async () => {
    await supertest(client.listener.url).post('/start').set('Origin', 'https://evil.example').expect(403);
    expect(client.session.state().phase).toBe('idle');
  });
});
