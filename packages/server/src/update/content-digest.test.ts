import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { codeThrownBy } from '../../test/error-code.js';
import { parseContentDigest } from './content-digest.js';

const digest = createHash('sha256').update('bytes').digest();
const sound = `sha-256=:${digest.toString('base64')}:`;

describe('parseContentDigest', () => {
  it.each([sound, `sha-512=:AAAA:, ${sound}`, `${sound}, md5=:AAAA:`])('reads %s', (header) => {
    expect(parseContentDigest(header)).toBe(digest.toString('hex'));
  });

  it.each([
    undefined,
    '',
    'sha-256',
    `sha-256=${digest.toString('base64')}`,
    `sha-256=:${digest.toString('hex')}:`,
    'sha-256=:AAAA:',
    `x${sound}`,
  ])('refuses %j', (header) => {
    expect(codeThrownBy(() => parseContentDigest(header))).toBe('invalid-argument');
  });
});
