import { expect, test } from '@jest/globals';
import { MANAGER_SETTINGS, readPorts } from './manager-settings.js';

test('ports are a range or any', () => {
  expect(readPorts('40026-40125')).toEqual({ first: 40_026, last: 40_125 });
  expect(readPorts('any')).toBe('any');
});

test.each(['40026', '40026-', 'all', '1-2-3'])('%s is no range of ports', (words) => {
  expect(MANAGER_SETTINGS.serverPorts.schema.safeParse(words).success).toBe(false);
});
