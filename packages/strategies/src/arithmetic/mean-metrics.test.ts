import { describe, expect, it } from '@jest/globals';
import { meanMetrics } from './mean-metrics.js';

describe('meanMetrics', () => {
  it('weighs by numExamples', () => {
    const reports = [
      { numExamples: 10, metrics: { loss: 1 } },
      { numExamples: 30, metrics: { loss: 2 } },
    ];
    expect(meanMetrics(reports)).toEqual({ loss: 1.75 });
  });

  it('averages a metric over those who report it', () => {
    const reports = [
      { numExamples: 1, metrics: { loss: 4, accuracy: 0.5 } },
      { numExamples: 3, metrics: { loss: 8 } },
    ];
    expect(meanMetrics(reports)).toEqual({ loss: 7, accuracy: 0.5 });
  });

  it('lists metrics by name, so that its JSON is the same for the same reports', () => {
    const reports = [
      { numExamples: 1, metrics: { b: 1 } },
      { numExamples: 1, metrics: { a: 1 } },
    ];
    expect(Object.keys(meanMetrics(reports))).toEqual(['a', 'b']);
  });

  it('takes nothing for a report that every object inherits', () => {
    const reports = [
      { numExamples: 1, metrics: { constructor: 2, toString: 3 } as Record<string, number> },
      { numExamples: 1, metrics: {} },
    ];
    expect(meanMetrics(reports)).toEqual({ constructor: 2, toString: 3 });
  });

  it('stays finite for the greatest numbers', () => {
    const reports = Array.from({ length: 3 }, () => ({
      numExamples: Number.MAX_SAFE_INTEGER,
      metrics: { loss: Number.MAX_VALUE, gain: -Number.MAX_VALUE },
    }));
    const { loss, gain } = meanMetrics(reports);
    expect(loss! / Number.MAX_VALUE).toBeCloseTo(1);
    expect(gain! / Number.MAX_VALUE).toBeCloseTo(-1);
  });

  it('of nobody is nothing', () => {
    expect(meanMetrics([])).toEqual({});
  });
});
