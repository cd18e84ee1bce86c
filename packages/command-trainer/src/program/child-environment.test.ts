import { expect, test } from '@jest/globals';
import { childEnvironment } from './child-environment.js';

test('passes on what finds programs and machines, and no secret', () => {
  const parent = {
    PATH: '/bin',
    CUDA_VISIBLE_DEVICES: '0',
    FEDOPS_ENROLMENT_TOKEN: 'secret',
    AWS_SECRET_ACCESS_KEY: 'secret',
    NODE_OPTIONS: '--inspect',
    HOME: undefined,
  };

  expect(childEnvironment(parent, {})).toEqual({
    PATH: '/bin',
    CUDA_VISIBLE_DEVICES: '0',
    PYTHONUNBUFFERED: '1',
  });
});

test('what the user gives wins', () => {
  const given = { PATH: '/opt/bin', PYTHONUNBUFFERED: '', DATA: '/data' };

  expect(childEnvironment({ PATH: '/bin' }, given)).toEqual(given);
});
