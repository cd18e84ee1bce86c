import { describe, expect, it } from '@jest/globals';
import { parseWith } from '../invalid-input.js';
import { ManagerDataSchema } from './manager-data.js';

const client_mac = '02:00:00:00:00:07';

describe('ManagerData', () => {
  it.each([
    'localhost',
    'ccl.gachon.ac.kr',
    'fl_server',
    '10.0.0.5',
    '10.0.0.5:1',
    'ccl.gachon.ac.kr:40026',
    'host:65535',
    '::1',
    'fe80::1',
    '[::1]',
    '[2001:db8::7]:8080',
    '::ffff:10.0.0.5',
  ])('takes %p as server_ip', (server_ip) => {
    expect(ManagerDataSchema.parse({ server_ip, client_mac })).toEqual({ server_ip, client_mac });
  });

  it.each([
    '',
    ' ',
    'host:0',
    'host:65536',
    'host:99999',
    'host:',
    'host:80x',
    'http://host',
    'user@host',
    'host/path',
    'host?x',
    'host#x',
    'two words',
    'a\nb',
    'a%2eb',
    'a\\b',
    '[::1',
    '[::1]:0',
    '[10.0.0.5]',
    ':::',
    '1:2:3',
    '256.1.1.1',
    'x'.repeat(301),
  ])('refuses %p as server_ip, and names the field', (server_ip) => {
    expect(() => parseWith(ManagerDataSchema, { server_ip, client_mac }, 'body')).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        details: { fields: expect.arrayContaining([expect.objectContaining({ field: 'server_ip' })]) },
      }),
    );
  });

  it.each(['https://fl.example/mnist', 'http://[::1]:8080', 'https://host/a/b/', 'HTTP://host'])(
    'takes %p as server_url',
    (server_url) => {
      expect(ManagerDataSchema.parse({ server_ip: 'h', client_mac, server_url }).server_url).toBe(server_url);
    },
  );

  it.each([
    'host:80',
    'ftp://host',
    'file:///etc/passwd',
    'http://u:p@host',
    'http://host/?x=1',
    'http://host/#x',
    'http:host',
    'http://',
    'http://h:70000',
    '',
  ])('refuses %p as server_url, and names the field', (server_url) => {
    expect(() => parseWith(ManagerDataSchema, { server_ip: 'h', client_mac, server_url }, 'body')).toThrow(
      expect.objectContaining({
        code: 'invalid-argument',
        details: { fields: [expect.objectContaining({ field: 'server_url' })] },
      }),
    );
  });

  it('names every field that is missing', () => {
    expect(() => parseWith(ManagerDataSchema, {}, 'body')).toThrow(
      expect.objectContaining({
        details: {
          fields: [
            { field: 'server_ip', problem: expect.any(String) },
            { field: 'client_mac', problem: expect.any(String) },
          ],
        },
      }),
    );
  });

  it('refuses an empty client_mac', () => {
    expect(ManagerDataSchema.safeParse({ server_ip: 'h', client_mac: '' }).success).toBe(false);
  });
});
