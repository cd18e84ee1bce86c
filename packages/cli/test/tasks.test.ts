import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeNpz } from '@fedops/model-files';
import { createParameters, encodeParameters } from '@fedops/parameters';
import { expect, it } from '@jest/globals';
import { anOperator, ear, modelOf } from './operator.js';

it('creates a task from flags, shows it and lists it', async () => {
  const { fedops } = await anOperator();
  const flags =
    '--title Digits --rounds 7 --min-clients 3 --fit localEpochs=2 --fit fast=true --best accuracy';
  const created = await fedops(`task create mnist ${flags} --strategy fedavgm --momentum 0.9 --json`);

  expect(created.code).toBe(0);
  expect(created.json()).toMatchObject({
    taskId: 'mnist',
    title: 'Digits',
    run: {
      rounds: 7,
      clientsPerRound: { kind: 'all', atLeast: 3 },
      strategy: { kind: 'fedavgm', momentum: 0.9 },
      fitConfig: { localEpochs: 2, fast: true },
    },
    bestBy: { metric: 'accuracy', direction: 'maximize' },
    initialModel: null,
  });
  expect((await fedops('task show mnist --json')).json()).toEqual(created.json());
  expect((await fedops('task list --json')).json()).toEqual([created.json()]);
  expect((await fedops('task list')).stdout).toMatch(/^TASK .*\nmnist +Digits +7 +by hand +none yet\n$/);
  expect((await fedops('task show mnist')).stdout).toContain('fedops task set-model mnist FILE');
});

it('creates a task with its model from a YAML file, and lets flags win over it', async () => {
  const { fedops, cwd } = await anOperator();
  const text = 'taskId: mnist\ntitle: of the file\nrun:\n  rounds: 5\n  quorum: 2\nmodel: first.npz\n';
  await writeFile(join(cwd, 'task.yaml'), text);
  await writeFile(join(cwd, 'first.npz'), writeNpz(modelOf(1)));

  const { json } = await fedops('task create --file task.yaml --rounds 9 --json');

  expect(json()).toMatchObject({
    title: 'of the file',
    run: { rounds: 9, quorum: 2 },
    initialModel: { tensors: 2 },
  });
});

it.each(['task create other --model first.npz', 'task set-model mnist first.npz'])(
  'shows a bar for the model that is sent where standard error is a terminal: %s',
  async (words) => {
    const { fedops, cwd } = await anOperator();
    await fedops('task create mnist');
    await writeFile(join(cwd, 'first.npz'), writeNpz(modelOf(1)));
    const stderr = ear({ isTTY: true });

    const { code, stdout } = await fedops(words, { stderr });

    expect([code, stdout]).toEqual([0, expect.stringContaining('2 tensors')]);
    expect(stderr.heard()).toMatch(/model \[=+\] 100% (\d+) B of \1 B/);
  },
);

it('sends a model of many chunks whole', async () => {
  const { fedops, cwd } = await anOperator();
  const big = createParameters(
    [{ name: 'w', shape: [300_000], dtype: 'float32' }],
    [new Float32Array(300_000).map((_, at) => at)],
  );
  await writeFile(join(cwd, 'big.npz'), writeNpz(big));
  const { json } = await fedops('task create mnist --model big.npz --json');
  const digest = createHash('sha256').update(encodeParameters(big)).digest('hex');
  expect(json().initialModel).toMatchObject({ digest, byteLength: encodeParameters(big).length });
});

it('names the line and the field of what is wrong in a file, and creates nothing', async () => {
  const { fedops, cwd } = await anOperator();
  await writeFile(join(cwd, 'task.yaml'), 'taskId: mnist\nrun:\n  rounds: many\n  qorum: 2\n');

  const { code, stderr } = await fedops('task create --file task.yaml');

  expect(code).toBe(2);
  expect(stderr).toContain('task.yaml:3: run.rounds: ');
  expect(stderr).toContain('task.yaml:4: run.qorum: no such field');
  expect((await fedops('task list --json')).json()).toEqual([]);
});

it.each([
  ['a task without an id', 'task create', 2],
  ['a number that is none', 'task create a --rounds many', 2],
  ['flags that exclude one another', 'task create a --clients 2 --min-clients 2', 2],
  ['two ways to start runs', 'task create a --cron * --devices-ready 2', 2],
  ['momentum without its strategy', 'task create a --momentum 0.5', 2],
  ['a setting that is no pair', 'task create a --fit localEpochs', 2],
  ['a file that is not there', 'task create --file none.yaml', 3],
  ['a model that is not there', 'task create a --model none.npz', 3],
])('refuses %s', async (_what, args, code) => {
  const { fedops } = await anOperator();
  expect((await fedops(args)).code).toBe(code);
  expect((await fedops('task list --json')).json()).toEqual([]);
});

it('refuses a second task of one id, as a conflict', async () => {
  const { fedops } = await anOperator();
  await fedops('task create mnist');
  const { code, stderr } = await fedops('task create mnist --json');
  expect(code).toBe(4);
  expect(JSON.parse(stderr)).toMatchObject({ code: 'conflict' });
});

it('leaves no task behind when its model file is none', async () => {
  const { fedops, cwd } = await anOperator();
  await writeFile(join(cwd, 'bad.safetensors'), 'this is no model');

  const { code, stderr } = await fedops('task create mnist --model bad.safetensors');

  expect(code).not.toBe(0);
  expect(stderr).toContain('is no model file');
  expect((await fedops('task list --json')).json()).toEqual([]);
});

it('gives a task its model later, in any of the formats', async () => {
  const { fedops, cwd } = await anOperator();
  await fedops('task create mnist');
  await writeFile(join(cwd, 'm.params'), encodeParameters(modelOf(1)));
  await writeFile(join(cwd, 'm.npz'), writeNpz(modelOf(1)));

  const ours = await fedops('task set-model mnist m.params --json');
  const numpy = await fedops('task set-model mnist m.npz --json');

  expect(ours.json().initialModel).toMatchObject({ tensors: 2 });
  expect(numpy.json().initialModel).toEqual(ours.json().initialModel);
});

it('says that the task is there, where its model is refused', async () => {
  const { fedops, cwd } = await anOperator({ limits: { maxModelBytes: 100 } });
  await writeFile(join(cwd, 'm.npz'), writeNpz(modelOf(1)));

  const { code, stderr } = await fedops('task create mnist --model m.npz');

  expect([code, stderr]).toEqual([1, expect.stringContaining('task mnist is created, but has no model: ')]);
  expect((await fedops('task show mnist --json')).json().initialModel).toBeNull();
});
