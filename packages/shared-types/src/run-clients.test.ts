import { expect, it } from '@jest/globals';
import { RunOverridesSchema, RunSettingsSchema } from './manager/run-settings.js';
import { MAX_LISTED_CLIENTS, RunClientsSchema } from './run-clients.js';

const listed = (ids: readonly unknown[]) => ({ kind: 'listed', ids });
const problems = (settings: object) =>
  RunSettingsSchema.safeParse(settings).error?.issues.map(({ path }) => path.join('.')) ?? [];

it('lists each client once, and at least one', () => {
  expect(RunClientsSchema.safeParse(listed(['a', 'b'])).success).toBe(true);
  expect(RunClientsSchema.safeParse(listed([])).success).toBe(false);
  expect(RunClientsSchema.safeParse(listed(['a', 'b', 'a'])).error?.issues).toMatchObject([
    { path: ['ids', 2], message: 'a is listed twice' },
  ]);
});

it('is bounded, in number and in the length of an id', () => {
  const ids = (count: number) => Array.from({ length: count }, (_, i) => `client-${i}`);
  expect(RunClientsSchema.safeParse(listed(ids(MAX_LISTED_CLIENTS))).success).toBe(true);
  expect(RunClientsSchema.safeParse(listed(ids(MAX_LISTED_CLIENTS + 1))).success).toBe(false);
  expect(RunClientsSchema.safeParse(listed(['x'.repeat(201)])).success).toBe(false);
});

it('is no setting of a run that asks for more clients than are listed', () => {
  const clients = listed(['a', 'b']);
  expect(problems({ clients, clientsPerRound: { kind: 'all', atLeast: 3 } })).toEqual([
    'clientsPerRound.atLeast',
  ]);
  expect(problems({ clients, clientsPerRound: { kind: 'count', count: 3 } })).toEqual([
    'clientsPerRound.count',
  ]);
  expect(problems({ clients, quorum: 3 })).toEqual(['quorum']);
  expect(problems({ clients, clientsPerRound: { kind: 'all', atLeast: 2 }, quorum: 2 })).toEqual([]);
});

it('may be set for one run alone', () => {
  expect(RunOverridesSchema.parse({ clients: listed(['a']) })).toEqual({ clients: listed(['a']) });
  expect(RunSettingsSchema.parse({}).clients).toEqual({ kind: 'any' });
});
