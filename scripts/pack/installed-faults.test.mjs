import { describe, expect, test } from '@jest/globals';
import { installedFaults } from './installed-faults.mjs';

const ALLOWED = { ours: ['@fedops/client-api', '@fedops/shared-types'], theirs: ['axios', 'zod'] };

const installation = (more = {}) => ({
  '': { dependencies: { '@fedops/client-api': 'file:a.tgz' } },
  'node_modules/@fedops/client-api': { dependencies: { '@fedops/shared-types': '^0.0.0', axios: '^1.0.0' } },
  'node_modules/@fedops/shared-types': { dependencies: { zod: '^4.0.0' } },
  'node_modules/axios': { dependencies: { 'form-data': '^4.0.0' } },
  'node_modules/form-data': {},
  'node_modules/zod': {},
  ...more,
});

describe('installedFaults', () => {
  test('accepts what was allowed and what that needs', () => {
    expect(installedFaults(installation(), ALLOWED)).toEqual([]);
  });

  test('finds another package of ours', () => {
    expect(installedFaults(installation({ 'node_modules/@fedops/server': {} }), ALLOWED)).toEqual([
      '@fedops/server came along',
    ]);
  });

  test('finds a dependency too many, and that it is there', () => {
    const packages = installation({
      'node_modules/@fedops/client-api': { dependencies: { express: '^5.0.0' } },
      'node_modules/express': {},
    });
    expect(installedFaults(packages, ALLOWED)).toEqual([
      '@fedops/client-api depends on express',
      'express came along, and neither axios nor zod needs it',
    ]);
  });
});
