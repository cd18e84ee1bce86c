import { FedOpsError } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { parseConfig } from './parse-config.js';

function problemOf(text: string): FedOpsError {
  try {
    parseConfig(text, 'fedops.yaml');
  } catch (error) {
    return FedOpsError.from(error);
  }
  throw new Error('it was taken');
}

test('a good file gives its sections', () => {
  const text = 'connection:\n  manager: http://127.0.0.1:40019\n';
  expect(parseConfig(text, 'fedops.yaml')).toEqual({ connection: { manager: 'http://127.0.0.1:40019' } });
});

test('an empty file says nothing', () => {
  expect(parseConfig('# later\n', 'fedops.yaml')).toEqual({});
});

test('a wrong value is named by line and field', () => {
  const { code, message, details } = problemOf('connection:\n  tokenFile: a\n  manager: 7\n');
  expect(code).toBe('invalid-argument');
  expect(message).toMatch(/^fedops\.yaml:3: connection\.manager: /);
  expect(details.problems).toMatchObject([{ line: 3, field: 'connection.manager' }]);
});

test('a field that does not exist is named by its own line', () => {
  const { details } = problemOf('connection:\n  manager: http://a\n  tokn: x\nconection: {}\n');
  expect(details.problems).toEqual([
    { line: 3, field: 'connection.tokn', problem: 'no such field' },
    { line: 4, field: 'conection', problem: 'no such field' },
  ]);
});

test('JSON is read as well, with its lines', () => {
  const { details } = problemOf('{\n  "connection": {\n    "manager": true\n  }\n}\n');
  expect(details.problems).toMatchObject([{ line: 3, field: 'connection.manager' }]);
});

test('what is no YAML at all is refused with its line', () => {
  const { code, details } = problemOf('connection:\n  manager: [1, 2\nother: 3\n');
  expect(code).toBe('invalid-argument');
  expect(details.line).toBe(3);
});

test('one key twice is refused', () => {
  expect(problemOf('connection: {}\nconnection: {}\n').details.line).toBe(2);
});
