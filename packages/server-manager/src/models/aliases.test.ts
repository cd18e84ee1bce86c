import type { TaskId } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { version } from '../store/compliance/sample-rows.js';
import { bestVersion } from './aliases.js';

const measured = (number: number, accuracy: number) => ({
  ...version('mnist' as TaskId, number),
  metrics: { accuracy },
});

describe('the best version', () => {
  it.each(['maximize', 'minimize'] as const)('is the oldest of equals, to %s', (direction) => {
    const equals = [measured(3, 0.5), measured(1, 0.5), measured(2, 0.5)];
    expect(bestVersion(equals, { metric: 'accuracy', direction })?.version).toBe(1);
  });

  it('is the better one, however old', () => {
    const versions = [measured(2, 0.9), measured(1, 0.5)];
    expect(bestVersion(versions, { metric: 'accuracy', direction: 'maximize' })?.version).toBe(2);
    expect(bestVersion(versions, { metric: 'accuracy', direction: 'minimize' })?.version).toBe(1);
  });
});
