import { expect, it } from '@jest/globals';
import { createTask, type StartedManager, startManager, until } from './manager.js';

/** A manager with a run that has failed, whose FL server is not gone yet. */
async function withEndedRun(): Promise<{ readonly manager: StartedManager; readonly runId: string }> {
  const manager = await startManager();
  await createTask(manager);
  const { runId } = (await manager.ask('POST', '/v1/tasks/mnist/runs')).json;
  const end = { kind: 'failed', reason: 'quorum-not-met', message: 'no quorum' } as const;
  manager.launcher.server(runId).end(end);
  await until(async () => (await manager.ask('GET', `/v1/runs/${runId}`)).json.state.status === 'failed');
  return { manager, runId };
}

it('an FL server that lingers after its run has ended is ended, so that the next run gets its turn', async () => {
  const { manager, runId } = await withEndedRun();
  await manager.clock.advance(59_000);
  expect(manager.launcher.server(runId).told).toEqual([]);
  await manager.clock.advance(1_000);
  expect(manager.launcher.server(runId).told).toEqual(['kill']);
});

it('one that has gone, and one whose manager has closed, are left alone', async () => {
  const { manager, runId } = await withEndedRun();
  manager.launcher.server(runId).goes();
  await manager.clock.advance(60_000);
  expect(manager.launcher.server(runId).told).toEqual([]);

  const closed = await withEndedRun();
  await closed.manager.close();
  await closed.manager.clock.advance(60_000);
  expect(closed.manager.launcher.server(closed.runId).told).toEqual(['let-go']);
});
