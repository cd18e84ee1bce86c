import { ModelVersionSchema } from '@fedops/shared-types';
import { expect, it } from '@jest/globals';
import { modelTable } from './model-words.js';

function lineOf(metrics: Record<string, number>): string {
  const version = ModelVersionSchema.parse({
    taskId: 'mnist',
    version: 1,
    runId: 'r1',
    baseVersion: 0,
    digest: 'ab'.repeat(32),
    byteLength: 1_000,
    signatureDigest: 'cd'.repeat(32),
    metrics,
    publishedAt: '2026-01-02T03:04:05Z',
    aliases: ['latest'],
  });
  return modelTable([version]).split('\n')[1]!;
}

it('shows what the evaluation measured, and counts the rest', () => {
  expect(lineOf({ loss: 0.25, accuracy: 0.9, fit_loss: 0.5, fit_accuracy: 0.8, fit_seconds: 1 })).toMatch(
    / loss 0\.25, accuracy 0\.9 and 3 more$/,
  );
});

it('shows three of many, and of fits where nobody evaluated', () => {
  expect(lineOf({ a: 1, b: 2, c: 3, d: 4 })).toMatch(/ a 1, b 2, c 3 and 1 more$/);
  expect(lineOf({ fit_loss: 0.5 })).toMatch(/ fit_loss 0\.5$/);
});
