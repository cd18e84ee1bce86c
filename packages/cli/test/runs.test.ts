import { expect, it } from '@jest/globals';
import { anOperator, ear, until } from './operator.js';

it('starts a run with settings of its own, lists it and shows it', async () => {
  const { fedops, task } = await anOperator();
  await task();

  const started = await fedops('run start mnist --rounds 1 --min-clients 2 --json');

  expect(started.code).toBe(0);
  expect(started.json()).toMatchObject({
    runId: 'r1',
    settings: { rounds: 1, clientsPerRound: { kind: 'all', atLeast: 2 } },
  });
  expect((await fedops('run list --task mnist --json')).json()).toMatchObject([{ runId: 'r1' }]);
  expect((await fedops('run list --task other --json')).json()).toEqual([]);
  expect((await fedops('run list')).stdout).toMatch(/^RUN .*\nr1 +mnist +(starting|running) /);
  expect((await fedops('run show --json')).json()).toMatchObject({ runId: 'r1' });
  expect((await fedops('run show r1')).stdout).toMatch(/^run +r1\ntask +mnist\n/);
  expect((await fedops('run log r1')).stdout).toBe('{"msg":"log of r1"}\n');
});

it('watches a run to its end, round by round, and ends well where it published', async () => {
  const { fedops, task, takePart } = await anOperator();
  await task();
  const watching = fedops('run start mnist --min-clients 2 --quorum 2 --watch');
  await until(async () => (await fedops('run list --json')).json().length === 1);
  await takePart('r1', 'a', 'b');

  const { code, stdout } = await watching;

  expect(code).toBe(0);
  const lines = stdout
    .trimEnd()
    .split('\n')
    .filter((line) => !/^run r1 is (starting|running)$/.test(line));
  expect(lines).toEqual([
    expect.stringMatching(/^round 1: 2 updates, loss 0\.25, accuracy 0\.75, \d/),
    expect.stringMatching(/^round 2: 2 updates, loss 0\.25, accuracy 0\.75, \d/),
    expect.stringMatching(/^run r1 published V1 after 2 rounds: [0-9a-f]{64}$/),
  ]);
});

it('draws a bar for each round on a terminal', async () => {
  const { fedops, task, takePart } = await anOperator();
  await task();
  await fedops('run start mnist');
  const stderr = ear({ isTTY: true });
  const watching = fedops('run watch r1', { stderr });
  await until(() => stderr.heard().includes('round 1/2'));
  await takePart('r1', 'a');

  expect((await watching).code).toBe(0);
  expect(stderr.heard()).toMatch(/round 1\/2 \[.*round 2\/2 \[=+ *\] \d+% /s);
});

it('tells a watched run as lines of JSON, each event once, where JSON is asked for', async () => {
  const { fedops, task, takePart } = await anOperator();
  await task('--rounds 1');
  await fedops('run start mnist');
  const stdout = ear();
  const watching = fedops('run watch --json', { stdout });
  await until(() => stdout.heard().includes('"reset"'));
  await takePart('r1', 'a');

  expect((await watching).code).toBe(0);
  const told = stdout
    .heard()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const ids = told.flatMap(({ id }) => id ?? []);
  expect(new Set(ids).size).toBe(ids.length);
  expect(told.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['reset', 'version-published']));
  expect(told.at(-1)).toMatchObject({ kind: 'run', run: { state: { status: 'published', version: 1 } } });
});

it('shows the rounds of a run that is over', async () => {
  const { fedops, task, takePart } = await anOperator();
  await task();
  await fedops('run start mnist');
  await takePart('r1', 'a');
  await until(async () => (await fedops('run show r1 --json')).json().state.status === 'published');

  const { code, stdout } = await fedops('run watch r1');

  expect(code).toBe(0);
  expect(stdout).toMatch(/^round 1: .*\nround 2: .*\nrun r1 published V1 .*\n$/);
});

it('exits with 1 when the watched run fails, also one that had failed before, and says what to do', async () => {
  const { fedops, task } = await anOperator();
  await task();
  await fedops('run start mnist');
  const watching = fedops('run watch r1');
  await until(async () => (await fedops('run show r1 --json')).json().state.status === 'running');

  const stopped = await fedops('run stop r1 --message enough');

  expect(stopped).toMatchObject({ code: 0, stdout: expect.stringMatching(/^run r1 is (stopping|failed)/) });
  const { code, stdout } = await watching;
  expect(code).toBe(1);
  expect(stdout).toMatch(/run r1 failed: stopped: enough\nwhat to do: fedops why r1\n$/);
  expect((await fedops('run watch r1')).code).toBe(1);
});

it('follows no more when the user ends it, and leaves the run as it is', async () => {
  const { fedops, task } = await anOperator();
  await task();
  await fedops('run start mnist');
  const ending = new AbortController();
  const watching = fedops('run watch r1', { signal: ending.signal });
  await until(async () => (await fedops('run show r1 --json')).json().state.status === 'running');

  ending.abort();

  expect(await watching).toMatchObject({ code: 130, stderr: expect.stringContaining('goes on') });
  expect((await fedops('run show r1 --json')).json().state.status).toBe('running');
});

it('starts no second run of a task while one goes on, and none without a model', async () => {
  const { fedops, task } = await anOperator();
  await task();
  await fedops('task create bare');
  await fedops('run start mnist');

  expect((await fedops('run start mnist')).code).toBe(4);
  expect((await fedops('run start bare')).code).toBe(4);
});
