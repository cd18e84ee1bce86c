import { type RunId, RunSettingsSchema, type TaskId } from '@fedops/shared-types';
import { expect, it } from '@jest/globals';
import { composedBy } from './server-composition.js';

const run = { taskId: 'mnist' as TaskId, runId: 'r1' as RunId, settings: RunSettingsSchema.parse({}) };
const module = (text: string) => `data:text/javascript,${encodeURIComponent(text)}`;

it('is what the module says, told of the run', async () => {
  const url = module(
    'export const composeServer = ({ runId }) => ({ limits: { maxClients: runId.length } })',
  );

  await expect(composedBy(url, run)).resolves.toEqual({ limits: { maxClients: 2 } });
});

it('is nothing without a module', async () => {
  await expect(composedBy(null, run)).resolves.toEqual({});
});

it.each([
  ['exports nothing of the name', module('export const compose = () => ({})')],
  ['is not there', new URL('./no-such-module.js', import.meta.url).href],
  ['is no JavaScript', module('export const')],
])('refuses a module that %s', async (_, url) => {
  await expect(composedBy(url, run)).rejects.toMatchObject({ code: 'invalid-argument' });
});
