import { expect, test } from '@jest/globals';
import { parseServerAddress } from './address.js';

test.each([
  ['127.0.0.1:8080', '127.0.0.1:8080', false],
  ['localhost:1', 'localhost:1', false],
  ['[::1]:8080', '[::1]:8080', false],
  ['grpc://host:8080', 'host:8080', false],
  ['http://host:8080/', 'host:8080', false],
  ['grpcs://host:443', 'host:443', true],
  ['https://host:443', 'host:443', true],
])('reads %s', (text, target, isSecured) => {
  expect(parseServerAddress(text)).toEqual({ target, isSecured });
});

test.each([
  '',
  'host',
  'host:0',
  'host:65536',
  '::1:80',
  'http://host:80/path',
  'ftp://host:80',
  'a b:80',
  'u@h:80',
])('refuses %p', (text) => {
  expect(() => parseServerAddress(text)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});
