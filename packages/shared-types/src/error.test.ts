import { runInNewContext } from 'node:vm';
import { describe, expect, it, jest } from '@jest/globals';
import { FEDOPS_ERROR_CODES, FedOpsError } from './error.js';

describe('error codes', () => {
  it('are this closed set; another one is a change of the API', () => {
    expect(FEDOPS_ERROR_CODES).toEqual([
      'invalid-argument',
      'shape-mismatch',
      'not-found',
      'conflict',
      'stale-round',
      'unauthenticated',
      'permission-denied',
      'too-large',
      'overloaded',
      'deadline-exceeded',
      'unavailable',
      'aborted',
      'bad-response',
      'unsupported',
      'storage',
      'internal',
    ]);
  });
});

describe('FedOpsError.is', () => {
  it('knows an error of another copy of this module, where instanceof does not', async () => {
    jest.resetModules();
    const copy = await import('./error.js');
    const error = new copy.FedOpsError('conflict', 'taken');

    expect(copy.FedOpsError).not.toBe(FedOpsError);
    expect(Object.getPrototypeOf(error)).not.toBe(FedOpsError.prototype);
    expect(FedOpsError.is(error)).toBe(true);
    expect(FedOpsError.from(error)).toBe(error);
  });

  it.each([
    ['an Error', new Error('x')],
    ['an error body', { code: 'conflict', message: 'x', details: {} }],
    ['null', null],
    ['undefined', undefined],
    ['a string', 'conflict'],
  ])('is false for %s', (_what, value) => {
    expect(FedOpsError.is(value)).toBe(false);
  });

  it('reads no brand from JSON, so that a peer cannot forge an error', () => {
    expect(FedOpsError.is(JSON.parse('{"Symbol(@fedops/error)":true,"@fedops/error":true}'))).toBe(false);
  });
});

describe('FedOpsError', () => {
  it('keeps code, message, details and cause', () => {
    const cause = new Error('disk');
    const error = new FedOpsError('storage', 'cannot write', { details: { path: 'a' }, cause });

    expect(error).toMatchObject({ name: 'FedOpsError', code: 'storage', message: 'cannot write', cause });
    expect(error.details).toEqual({ path: 'a' });
    expect(error).toBeInstanceOf(Error);
  });

  it('has empty details where none are given', () => {
    expect(new FedOpsError('internal', 'x').details).toEqual({});
  });
});

describe('FedOpsError.from', () => {
  it('turns an abort into `aborted` and a timeout into `deadline-exceeded`', () => {
    expect(FedOpsError.from(AbortSignal.abort().reason).code).toBe('aborted');
    expect(FedOpsError.from(new DOMException('late', 'TimeoutError')).code).toBe('deadline-exceeded');
  });

  it('turns every other error into `internal` and keeps it as the cause', () => {
    const cause = new TypeError('x is undefined');

    expect(FedOpsError.from(cause)).toMatchObject({ code: 'internal', message: 'x is undefined', cause });
  });

  it('reads an error of another realm', () => {
    const foreign: unknown = runInNewContext('new RangeError("out of range")');

    expect(FedOpsError.from(foreign)).toMatchObject({
      code: 'internal',
      message: 'out of range',
      cause: foreign,
    });
  });

  it.each([['text'], [42], [null], [undefined], [{ message: 'no error' }]])('takes %p too', (value) => {
    expect(FedOpsError.from(value)).toMatchObject({ code: 'internal', cause: value });
  });
});
