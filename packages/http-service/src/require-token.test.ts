import { FedOpsError } from '@fedops/shared-types';
import { describe, expect, it } from '@jest/globals';
import type { Request, Response } from 'express';
import { requireToken } from './require-token.js';

describe('requireToken', () => {
  it('lets a request with the token pass', () => {
    expect(outcomeOf('s3cret', 'Bearer s3cret')).toBe('passed');
  });

  it.each([
    ['none', undefined],
    ['another', 'Bearer s3cres'],
    ['another kind of credentials', 'Basic s3cret'],
  ])('refuses a request with %s', (_what, authorization) => {
    expect(outcomeOf('s3cret', authorization)).toBe('unauthenticated');
  });

  it('lets every request pass where no token is configured', () => {
    expect(outcomeOf(undefined, undefined)).toBe('passed');
    expect(outcomeOf(undefined, 'Bearer any')).toBe('passed');
  });
});

function outcomeOf(expected: string | undefined, authorization: string | undefined): string {
  const headers = authorization === undefined ? {} : { authorization };
  let outcome = 'nothing';
  requireToken(expected, 'the token')({ headers } as Request, {} as Response, (error?: unknown) => {
    outcome = error === undefined ? 'passed' : FedOpsError.from(error).code;
  });
  return outcome;
}
