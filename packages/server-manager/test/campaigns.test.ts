import { describe, expect, it } from '@jest/globals';
import type { Answer } from './ask.js';
import { createTask, type StartedManager, startManager } from './manager.js';

const EXTERNAL = { server: { kind: 'external', url: 'http://10.0.0.5:40026' } };
const CAMPAIGN = {
  runId: 'campaign-1',
  releaseId: 'r',
  baseGlobalModelVersion: 4,
  targetGlobalModelVersion: 5,
  campaign: { schemaVersion: 1, rounds: 3, clientsPerRound: 2, strategy: { name: 'FedAvg', parameters: {} } },
};

function fleetOf(manager: StartedManager) {
  const status = ({ json }: Answer) => json.Server_Status ?? json.server_status;
  return {
    begin: (more: object = {}) =>
      manager.ask('POST', '/FLSe/BeginCampaign/mnist', { body: { ...CAMPAIGN, ...more } }),
    end: (phase: string, runId = 'campaign-1') =>
      manager.ask('POST', '/FLSe/EndCampaign/mnist', { body: { runId, phase } }),
    update: (body: object) => manager.ask('PUT', '/FLSe/FLSeUpdate/mnist', { body }),
    finish: (runId?: string) =>
      manager.ask(
        'PUT',
        `/FLSe/FLRoundFin/mnist?FLSeReady=false${runId === undefined ? '' : `&campaign_run_id=${runId}`}`,
      ),
    status: async () => status(await manager.ask('GET', '/FLSe/info/mnist/none')),
  };
}

async function aCampaign() {
  const manager = await startManager();
  await createTask(manager, EXTERNAL);
  const fleet = fleetOf(manager);
  expect((await fleet.begin()).status).toBe(200);
  return { manager, ...fleet };
}

describe('a campaign of an FL server that somebody else starts', () => {
  it('begins, runs, and is completed with its target version by the report that names it, once', async () => {
    const { update, finish, status } = await aCampaign();
    expect(await status()).toMatchObject({
      Campaign_run_id: 'campaign-1',
      Campaign_status: 'starting',
      Base_GL_Model_V: 4,
      Target_GL_Model_V: 5,
    });
    await update({ FLSeReady: true, Campaign_run_id: 'campaign-1' });
    expect(await status()).toMatchObject({ Campaign_status: 'running', FLSeReady: true });
    for (let i = 0; i < 2; i++) {
      await finish('campaign-1');
      expect(await status()).toMatchObject({
        Campaign_status: 'completed',
        GL_Model_V: 5,
        FLSeReady: false,
      });
    }
  });

  it('is completed by no report of an earlier run, nor by one that names none', async () => {
    const { update, finish, status } = await aCampaign();
    await update({ FLSeReady: true, Campaign_run_id: 'campaign-1' });
    const refused = [await finish(), await finish('campaign-0'), await update({ FLSeReady: false })];
    expect(refused.map(({ status, json }) => [status, json.code])).toEqual([
      [409, 'conflict'],
      [409, 'conflict'],
      [409, 'conflict'],
    ]);
    expect(await status()).toMatchObject({ Campaign_status: 'running', FLSeReady: true });
  });

  it('has failed where its server says that it is not ready any more, and a finish after that counts nothing', async () => {
    const { update, finish, status } = await aCampaign();
    await update({ FLSeReady: true, Campaign_run_id: 'campaign-1' });
    await update({ FLSeReady: false, Campaign_run_id: 'campaign-1' });
    await finish('campaign-1');
    expect(await status()).toMatchObject({ Campaign_status: 'failed', FLSeReady: false });
  });

  it('finishes nothing where its server was never ready', async () => {
    const { finish, status } = await aCampaign();
    expect((await finish('campaign-1')).status).toBe(200);
    expect(await status()).toMatchObject({ Campaign_status: 'starting', GL_Model_V: 5 });
  });

  it('is one at a time, and the same once more is the same', async () => {
    const { begin, end } = await aCampaign();
    expect((await begin()).status).toBe(200);
    expect((await begin({ runId: 'campaign-2' })).status).toBe(409);
    expect((await end('request', 'campaign-2')).status).toBe(409);
    expect((await end('request')).json.Server_Status.Campaign_status).toBe('stopping');
    expect((await end('finished')).json.Server_Status.Campaign_status).toBe('stopped');
    expect((await begin({ runId: 'campaign-2' })).status).toBe(200);
  });

  it('that was stopped is not running again because its server is late to say so', async () => {
    const { manager, end, update, status } = await aCampaign();
    await end('finished');
    expect((await update({ FLSeReady: true, Campaign_run_id: 'campaign-1' })).status).toBe(409);
    await manager.ask('PUT', '/FLSe/ScalableServerRunning/mnist');
    expect(await status()).toMatchObject({ Campaign_status: 'stopped', FLSeReady: false });
  });

  it('outlives the manager', async () => {
    const { manager } = await aCampaign();
    await manager.close();
    const again = await startManager({ dataDir: manager.dataDir });
    expect(await fleetOf(again).status()).toMatchObject({ Campaign_run_id: 'campaign-1' });
  });

  it('is refused for a task whose FL servers the manager starts', async () => {
    const manager = await startManager();
    await createTask(manager);
    const { status, json } = await fleetOf(manager).begin();
    expect([status, json.code]).toEqual([501, 'unsupported']);
  });
});
