import { FedOpsError } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import { loggerTo } from './logger.js';

function lineOf(fields: object): Record<string, unknown> {
  const lines: string[] = [];
  loggerTo('test', { write: (line: string) => void lines.push(line) }).info(fields, 'hello');
  expect(lines).toHaveLength(1);
  return JSON.parse(lines[0] ?? '');
}

describe('a logger', () => {
  it('writes one line of JSON with name, level, facts and message', () => {
    expect(lineOf({ round: 3 })).toMatchObject({ name: 'test', level: 'info', round: 3, msg: 'hello' });
  });

  it.each([
    'authorization',
    'token',
    'enrolmentToken',
    'key',
    'clientKey',
    'api_key',
    'secret',
    'password',
    'Cookie',
  ])('writes no value of a field called %s, however deep', (name) => {
    const line = JSON.stringify(lineOf({ [name]: 'hunter2', request: { headers: [{ [name]: 'hunter2' }] } }));
    expect(line).not.toContain('hunter2');
    expect(line).toContain('[redacted]');
  });

  it('writes fields that only look like a secret', () => {
    expect(lineOf({ monkey: 'george', hockey: 'ice' })).toMatchObject({ monkey: 'george', hockey: 'ice' });
  });

  it('writes an error with its causes and without what hangs on it', () => {
    const cause = Object.assign(new Error('refused'), { config: { headers: { authorization: 'hunter2' } } });
    const line = lineOf({
      err: new FedOpsError('unavailable', 'no server', { cause, details: { token: 'hunter2' } }),
    });
    expect(line).toMatchObject({
      err: { type: 'FedOpsError', code: 'unavailable', message: 'no server', cause: { message: 'refused' } },
    });
    expect(JSON.stringify(line)).not.toContain('hunter2');
  });

  it('writes no parameter values, and survives cycles', () => {
    const cycle: Record<string, unknown> = { tensor: new Float32Array(4), big: 1n };
    cycle.self = cycle;
    expect(lineOf({ cycle })).toMatchObject({ cycle: { tensor: '<16 bytes>', big: '1', self: '<cycle>' } });
    expect(lineOf({ values: new Array(200).fill(0.5) })).toMatchObject({ values: '<200 items>' });
  });
});
