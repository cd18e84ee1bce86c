import type { RunId, TaskId } from '@fedops/shared-types';
import { expect, it } from '@jest/globals';
import { directoriesOf } from './directories.js';

it('puts all files of a task below the data directory, whatever its id, and no two tasks in one place', () => {
  const { task, runData } = directoriesOf('/data');
  const ids = ['..', 'a/b', 'A/B', 'a b', 'C:\\x'] as TaskId[];
  const places = ids.map(task);

  expect(new Set(places).size).toBe(ids.length);
  for (const place of places) expect(place).toMatch(/^\/data\/tasks\/[a-z0-9_-]+$/);
  expect(runData(ids[0]!, 'r1' as RunId).startsWith(`${places[0]}/runs/`)).toBe(true);
});
