import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { updateHeaderText } from './update-header.js';

test('is JSON in printable ASCII, whatever the metrics are called', () => {
  const metrics = fc.dictionary(fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }), fc.double(), {
    maxKeys: 5,
  });
  fc.assert(
    fc.property(metrics, (named) => {
      const header = { numExamples: 1, metrics: named };
      const text = updateHeaderText(header);
      expect(text).toMatch(/^[\x20-\x7e]*$/);
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(header)));
    }),
  );
});

test('over 8 KiB is too large', () => {
  const metrics = Object.fromEntries(Array.from({ length: 90 }, (_, i) => [`${'m'.repeat(95)}${i}`, 1]));
  expect(() => updateHeaderText({ numExamples: 1, metrics })).toThrow(
    expect.objectContaining({ code: 'too-large' }),
  );
});
