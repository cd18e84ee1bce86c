import { expect, it } from '@jest/globals';
import { anOperator, ear, until } from './operator.js';

it('tells a run as lines with the fields and stages of Python’s runtime events, until it is over', async () => {
  const { fedops, task, takePart } = await anOperator();
  await task();
  await fedops('run start mnist --rounds 1');
  const stdout = ear();
  const telling = fedops('events', { stdout });
  await until(() => stdout.heard().includes('"reset"'));
  await takePart('r1', 'a');

  expect((await telling).code).toBe(0);
  const lines = stdout
    .heard()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  for (const line of lines) {
    expect(line).toMatchObject({ schemaVersion: 1, taskId: 'mnist', runId: 'r1' });
    expect(line.timestamp).toMatch(/^20\d\d-\d\d-\d\dT[\d:.]+Z$/);
    expect(Object.values(line)).not.toContain(null);
  }
  const stages = lines.map(({ stage }) => stage);
  for (const stage of [
    'connecting',
    'training',
    'uploading',
    'global_model_updated',
    'evaluating',
    'completed',
  ]) {
    expect(stages).toContain(stage);
  }
  expect(lines.find(({ stage }) => stage === 'uploading')).toMatchObject({
    clientInstanceId: 'a',
    round: 1,
    metrics: { loss: 0.5 },
    sampleCount: 10,
  });
  expect(lines.find(({ stage }) => stage === 'connecting')).toMatchObject({
    aggregationServer: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
    targetGlobalModelVersion: 1,
  });
  expect(lines.at(-1)).toMatchObject({ stage: 'run_published', progress: 100 });
});

it('goes on after the event that is named', async () => {
  const { fedops, task, takePart } = await anOperator();
  await task();
  await fedops('run start mnist --rounds 1 --min-clients 2');
  const first = ear();
  const ending = new AbortController();
  const told = fedops('events --after 0', { stdout: first, signal: ending.signal });
  await takePart('r1', 'a');
  await until(() => first.heard().includes('"connecting"'));
  ending.abort();
  await told;
  const { eventId } = JSON.parse(
    first
      .heard()
      .split('\n')
      .find((line) => line.includes('"run-began"'))!,
  );
  const second = ear();
  const more = fedops(`events r1 --after ${eventId}`, { stdout: second });
  await until(() => second.heard().includes('"connecting"'));
  await takePart('r1', 'b');

  expect((await more).code).toBe(0);
  expect(second.heard()).not.toContain('"run-began"');
  expect(second.heard()).toContain('"completed"');
});

it('tells the rounds of a run that is over, marked as past', async () => {
  const { fedops, task, takePart } = await anOperator();
  await task();
  await fedops('run start mnist');
  await takePart('r1', 'a');
  await until(async () => (await fedops('run show r1 --json')).json().state.status === 'published');

  const { lines } = await fedops('events r1 --json');

  expect(lines()).toMatchObject([
    { stage: 'round_closed', round: 1, progress: 50, metrics: { accuracy: 0.75 }, isPast: true },
    { stage: 'round_closed', round: 2, progress: 100, isPast: true },
    { stage: 'run_published' },
  ]);
});

it('tells a failed run with its reason, and exits well: the events were told', async () => {
  const { fedops, task, launcher } = await anOperator();
  await task();
  launcher.crash();
  await fedops('run start mnist');

  const { code, lines } = await fedops('events r1');

  expect(code).toBe(0);
  expect(lines().at(-1)).toMatchObject({ stage: 'run_failed', reason: 'server-crashed' });
});
