import { FedOpsError } from '@fedops/shared-types';

/**
 * Records of a comma-separated table whose fields hold neither quotes nor commas, by the names in its first line.
 *
 * Not a CSV parser: a table that would need one is refused rather than misread.
 *
 * @throws {FedOpsError} `invalid-argument` for a quote, or a line with another number of fields than the first.
 */
export function parsePlainTable(table: string): Record<string, string>[] {
  const [head = '', ...lines] = table.replace(/\r?\n$/, '').split(/\r?\n/);
  const columns = fieldsOf(head, 1);
  return lines.map((line, i) => {
    const fields = fieldsOf(line, i + 2);
    if (fields.length !== columns.length) {
      throw new FedOpsError(
        'invalid-argument',
        `line ${i + 2}: expected ${columns.length} fields, got ${fields.length}`,
      );
    }
    return Object.fromEntries(columns.map((column, j) => [column, fields[j]!]));
  });
}

function fieldsOf(line: string, number: number): string[] {
  if (line.includes('"')) {
    throw new FedOpsError('invalid-argument', `line ${number}: expected plain fields, got a quote`);
  }
  return line.split(',');
}
