import { expect, test } from '@jest/globals';
import { crc32 } from './crc32.js';

test('gives the check value of the catalogue of CRCs', () => {
  expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  expect(crc32(new Uint8Array())).toBe(0);
});
