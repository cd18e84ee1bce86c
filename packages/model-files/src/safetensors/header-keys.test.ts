import { expect, test } from '@jest/globals';
import { codeThrownBy } from '../../test/error-code.js';
import { headerKeys } from './header-keys.js';

test('keeps the order of keys, numbers among them', () => {
  expect(headerKeys('{"b":{"x":1},"10":[1,2],"2":"text","a":null}').top).toEqual(['b', '10', '2', 'a']);
});

test.each([
  ['of the header', '{"a":1,"a":2}', 'a'],
  ['of an entry', '{"a":{"dtype":1,"dtype":2}}', 'dtype'],
  ['behind a list', '{"a":{"shape":[1,2],"shape":[]}}', 'shape'],
  ['that is spelled in another way', '{"a":1,"\\u0061":2}', 'a'],
])('finds a key twice %s', (_, text, repeated) => {
  expect(headerKeys(text).repeated).toBe(repeated);
});

test.each([
  ['in two objects', '{"a":{"shape":[]},"b":{"shape":[]}}'],
  ['as key and as value', '{"a":"a","b":"a"}'],
  ['in a list', '{"a":["a","a"]}'],
  ['within text', '{"a":"\\",\\"a\\":\\\\","b":1}'],
])('takes the same text %s for no key twice', (_, text) => {
  expect(headerKeys(text).repeated).toBeUndefined();
});

test('takes a name as long as a header may be', () => {
  const name = '\\\\'.repeat(4_000_000);

  expect(headerKeys(`{"${name}":1}`).top).toEqual(['\\'.repeat(4_000_000)]);
});

test('ends in reasonable time where no text ends', () => {
  expect(headerKeys('"\\'.repeat(2_000_000)).top).toEqual([]);
});

test('refuses what is nested deeper than a header, however deep', () => {
  expect(codeThrownBy(() => headerKeys('{"a":'.repeat(1_000_000)))).toBe('invalid-argument');
  expect(codeThrownBy(() => headerKeys('{"a":{"shape":[[]]}}'))).toBe('invalid-argument');
});

test('refuses more parts than the tensors of a header have', () => {
  expect(codeThrownBy(() => headerKeys(`{"a":[${'[],'.repeat(1_000_000)}[]]}`))).toBe('too-large');
});
