import { expect, test } from '@jest/globals';
import { flowerOf } from './flower-of.js';

const MODULE = 'file:///a/door.js';

test('there is no door unless it is asked for', () => {
  expect(flowerOf({ flower: undefined, flowerPorts: undefined }, MODULE)).toBeUndefined();
});

test('a door has the ports that it is given, or those of the manager', () => {
  expect(flowerOf({ flower: true, flowerPorts: undefined }, MODULE)).toEqual({ module: MODULE });
  expect(flowerOf({ flower: true, flowerPorts: '8090-8099' }, MODULE)).toEqual({
    module: MODULE,
    ports: { first: 8090, last: 8099 },
  });
});

test('ports without a door are a mistake', () => {
  expect(() => flowerOf({ flower: undefined, flowerPorts: 'any' }, MODULE)).toThrow(
    expect.objectContaining({ code: 'invalid-argument' }),
  );
});
