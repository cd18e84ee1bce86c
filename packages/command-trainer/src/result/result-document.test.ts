import { describe, expect, test } from '@jest/globals';
import { parseEvaluateResult, parseFitResult } from './result-document.js';

const utf8 = (text: string) => new TextEncoder().encode(text);

test('a fit tells its examples and metrics', () => {
  const result = parseFitResult(
    utf8('{ "numExamples": 600.0, "metrics": { "loss": 0.25 }, "note": "more" }'),
  );

  expect(result).toEqual({ numExamples: 600, metrics: { loss: 0.25 } });
});

test('an evaluation tells its loss too', () => {
  const result = parseEvaluateResult(utf8('{ "loss": 0.5, "numExamples": 10 }'));

  expect(result).toEqual({ loss: 0.5, numExamples: 10, metrics: {} });
});

describe('a result is refused', () => {
  test.each([
    ['that is empty', ''],
    ['with NaN, as Python writes it', '{ "loss": NaN, "numExamples": 10 }'],
    ['without a loss', '{ "numExamples": 10 }'],
    ['without examples', '{ "loss": 1, "numExamples": 0 }'],
    ['with a metric that is no number', '{ "loss": 1, "numExamples": 1, "metrics": { "accuracy": "0.9" } }'],
    ['that is a list', '[]'],
  ])('%s', (_, json) => {
    expect(() => parseEvaluateResult(utf8(json))).toThrow(expect.objectContaining({ code: 'bad-response' }));
  });

  test('that is not in UTF-8', () => {
    expect(() => parseFitResult(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(
      expect.objectContaining({ code: 'bad-response' }),
    );
  });
});
