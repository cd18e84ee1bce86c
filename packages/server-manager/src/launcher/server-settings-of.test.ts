import { RunSettingsSchema } from '@fedops/shared-types';
import { expect, it } from '@jest/globals';
import { serverPlanOf } from './server-settings-of.js';

it('tells the FL server what to do with the updates of the run', () => {
  expect(serverPlanOf(RunSettingsSchema.parse({})).limits).toEqual({ updates: 'delete' });
  expect(serverPlanOf(RunSettingsSchema.parse({ updates: 'keep' })).limits).toEqual({ updates: 'keep' });
});

it('has an FL server draw so many clients, whoever else is connected', () => {
  const settings = RunSettingsSchema.parse({ clientsPerRound: { kind: 'count', count: 7 } });
  const { selection } = serverPlanOf(settings);
  expect(selection).toMatchObject({ minClients: 7, minConnected: 7 });
  expect(Math.ceil((selection?.fraction ?? 1) * 1_000_000)).toBeLessThan(7);
});
