import { expect, it } from '@jest/globals';
import { RunOverridesSchema, RunSettingsSchema } from './run-settings.js';

it('leaves out of the overrides what was not given, so that a task keeps its own', () => {
  expect(RunOverridesSchema.parse({ rounds: 5 })).toEqual({ rounds: 5 });
});

it('gives every setting of a run a default', () => {
  expect(RunSettingsSchema.parse({})).toMatchObject({
    rounds: 3,
    strategy: { kind: 'fedavg' },
    serverRestarts: 0,
  });
});

it('refuses settings that it does not know, since a misspelt one would silently do nothing', () => {
  expect(RunOverridesSchema.safeParse({ round: 5 }).success).toBe(false);
});
