import { FedOpsError } from '@fedops/shared-types';
import { expect, it } from '@jest/globals';
import { endOfError } from './end-of-error.js';

it.each([
  Object.assign(new Error('no space left on device'), { code: 'ENOSPC' }),
  new FedOpsError('storage', 'journal: the disk is full', { details: { system: 'ENOSPC' } }),
])('tries an FL server again whose disk is full when it starts: %s', (error) => {
  expect(endOfError(error)).toMatchObject({
    kind: 'suspended',
    reason: 'storage',
    message: expect.stringContaining(error.message),
  });
});

it.each([
  new FedOpsError('storage', 'V1.json is damaged', { details: { damaged: true } }),
  new FedOpsError('storage', 'journal: access is denied', { details: { system: 'EACCES' } }),
  new FedOpsError('conflict', 'another process works here'),
])('has an FL server failed that a pause does not mend: %s', (error) => {
  expect(endOfError(error)).toEqual({ kind: 'failed', reason: error.code, message: error.message });
});
