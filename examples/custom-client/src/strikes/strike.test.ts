import { describe, expect, it } from '@jest/globals';
import { strikeOf } from './strike.js';

const record = {
  'Airport Name': 'NEW ORLEANS INTL',
  'Aircraft Make Model': 'B-737-300',
  'Aircraft Airline Operator': 'SOUTHWEST AIRLINES',
  'Effect Amount of damage': 'Substantial',
  'Flight Date': '1990-01-11',
  'Phase of flight': 'Take-off run',
  'Wildlife Size': 'Small',
  'Wildlife Species': 'Rock pigeon',
  'Time of day': 'Day',
  'Speed IAS in knots': '140',
  'Cost Total $': '0',
};

describe('strikeOf', () => {
  it('takes any degree of damage as damage', () => {
    expect(strikeOf(record)).toMatchObject({ isDamaged: true, month: 1, speedKnots: 140 });
    expect(strikeOf({ ...record, 'Effect Amount of damage': 'None' }).isDamaged).toBe(false);
  });

  it('takes an empty speed as unreported', () => {
    expect(strikeOf({ ...record, 'Speed IAS in knots': '' }).speedKnots).toBeNull();
  });

  it.each([{ 'Flight Date': 'yesterday' }, { 'Speed IAS in knots': 'fast' }, { 'Airport Name': '' }])(
    'refuses a record with %j',
    (wrong) => {
      expect(() => strikeOf({ ...record, ...wrong })).toThrow(
        expect.objectContaining({ code: 'invalid-argument' }),
      );
    },
  );
});
