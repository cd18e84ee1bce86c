import { expect, it } from '@jest/globals';
import { anOperator, until } from './operator.js';

it('says why a run waits, as its FL server has it, in words and as JSON', async () => {
  const { fedops, task } = await anOperator();
  await task();
  await fedops('run start mnist --min-clients 2');
  await until(async () => (await fedops('why --json')).json().status === 'running');

  const { code, stdout } = await fedops('why r1');

  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^Run r1 of task mnist: round 1 of 2: .*2 clients.*\nsince .*\nuntil .*; then the round fails\n/,
  );
  expect(stdout).toContain('No device has enrolled for the task');
  expect((await fedops('why --task mnist --json')).json()).toMatchObject({
    runId: 'r1',
    status: 'running',
    until: expect.stringMatching(/Z$/),
    waitingFor: [],
  });
});

it('says so where the FL server of a run that should go on cannot be reached', async () => {
  const { fedops, task, launcher } = await anOperator();
  await task();
  await fedops('run start mnist');
  await until(async () => (await fedops('why --json')).json().status === 'running');
  await (await launcher.server('r1')).close();

  expect((await fedops('why r1 --json')).json()).toMatchObject({
    status: 'running',
    reason: 'server-unreachable',
  });
});

it('says why a run failed that is over', async () => {
  const { fedops, task, launcher } = await anOperator();
  await task();
  launcher.crash();
  await fedops('run start mnist');
  await until(async () => (await fedops('run show r1 --json')).json().state.status === 'failed');

  expect(await fedops('why r1')).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      /it is over, and failed: it crashed\.\n.*\nwhat to do .*fedops run log r1\n/s,
    ),
  });
});
