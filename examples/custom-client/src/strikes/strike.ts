import { parseWith } from '@fedops/shared-types';
import { z } from 'zod';

/** One bird strike, with what was known before anybody looked at the damage; cost columns are left out for that. */
export interface Strike {
  readonly airport: string;
  readonly aircraft: string;
  readonly operator: string;
  readonly phase: string;
  readonly wildlifeSize: string;
  readonly wildlifeSpecies: string;
  readonly timeOfDay: string;
  /** 1 to 12. */
  readonly month: number;
  /** Indicated airspeed; null where nobody reported it. */
  readonly speedKnots: number | null;
  readonly isDamaged: boolean;
}

const text = z.string().min(1);

const RecordSchema = z
  .object({
    'Airport Name': text,
    'Aircraft Make Model': text,
    'Aircraft Airline Operator': text,
    'Phase of flight': text,
    'Wildlife Size': text,
    'Wildlife Species': text,
    'Time of day': text,
    'Flight Date': z.iso.date(),
    'Speed IAS in knots': z.string().regex(/^\d*$/),
    'Effect Amount of damage': text,
  })
  .transform(
    (record): Strike => ({
      airport: record['Airport Name'],
      aircraft: record['Aircraft Make Model'],
      operator: record['Aircraft Airline Operator'],
      phase: record['Phase of flight'],
      wildlifeSize: record['Wildlife Size'],
      wildlifeSpecies: record['Wildlife Species'],
      timeOfDay: record['Time of day'],
      month: Number(record['Flight Date'].slice(5, 7)),
      speedKnots: record['Speed IAS in knots'] === '' ? null : Number(record['Speed IAS in knots']),
      isDamaged: record['Effect Amount of damage'] !== 'None',
    }),
  );

/**
 * A strike from a record of the FAA's table, by column name.
 *
 * @throws {FedOpsError} `invalid-argument`, naming each column that is missing or wrong.
 */
export function strikeOf(record: Readonly<Record<string, string>>): Strike {
  return parseWith(RecordSchema, record, 'bird strike');
}
