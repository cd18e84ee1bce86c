import { describe, expect, it } from '@jest/globals';
import { FEDOPS_ERROR_CODES, FedOpsError } from './error.js';
import {
  codeOfHttpStatus,
  ErrorBodySchema,
  errorBodyOf,
  errorOfAnswer,
  HTTP_STATUS_OF,
} from './error-body.js';

describe('the table from code to HTTP status', () => {
  it('is this one', () => {
    expect(HTTP_STATUS_OF).toEqual({
      'invalid-argument': 400,
      unauthenticated: 401,
      'permission-denied': 403,
      'not-found': 404,
      conflict: 409,
      'stale-round': 409,
      aborted: 409,
      'too-large': 413,
      'shape-mismatch': 422,
      overloaded: 429,
      internal: 500,
      unsupported: 501,
      'bad-response': 502,
      unavailable: 503,
      'deadline-exceeded': 504,
      storage: 507,
    });
  });
});

describe('errorBodyOf', () => {
  it('sends code, message and details, and neither cause nor stack', () => {
    const error = new FedOpsError('conflict', 'taken', { details: { round: 3 }, cause: new Error('secret') });

    expect(JSON.parse(JSON.stringify(errorBodyOf(error)))).toEqual({
      code: 'conflict',
      message: 'taken',
      details: { round: 3 },
    });
  });

  it.each(FEDOPS_ERROR_CODES)('comes back as the same error for %s', (code) => {
    const sent = JSON.parse(JSON.stringify(errorBodyOf(new FedOpsError(code, 'm', { details: { a: 1 } }))));
    const read = errorOfAnswer(HTTP_STATUS_OF[code], sent, 'GET /x');

    expect(read).toMatchObject({ code, message: 'm', details: { a: 1, status: HTTP_STATUS_OF[code] } });
  });
});

describe('errorOfAnswer', () => {
  it.each([
    [400, 'invalid-argument'],
    [401, 'unauthenticated'],
    [403, 'permission-denied'],
    [404, 'not-found'],
    [405, 'unsupported'],
    [408, 'deadline-exceeded'],
    [409, 'conflict'],
    [410, 'not-found'],
    [413, 'too-large'],
    [415, 'invalid-argument'],
    [422, 'invalid-argument'],
    [429, 'overloaded'],
    [500, 'internal'],
    [501, 'unsupported'],
    [502, 'unavailable'],
    [503, 'unavailable'],
    [504, 'deadline-exceeded'],
    [507, 'storage'],
    [599, 'unavailable'],
    [304, 'bad-response'],
  ])('reads status %i without a body of ours as %s', (status, code) => {
    expect(codeOfHttpStatus(status)).toBe(code);
    expect(errorOfAnswer(status, '<html>', 'GET /x')).toMatchObject({ code, details: { status } });
  });

  it('does not take a code that is not ours', () => {
    expect(errorOfAnswer(409, { code: 'teapot', message: 'x' }, 'GET /x').code).toBe('conflict');
  });

  it('reads a body without details', () => {
    expect(ErrorBodySchema.parse({ code: 'storage', message: 'full' }).details).toEqual({});
  });
});
