import { printable } from './printable.js';

/** A column of a table of `Row`s. */
export interface Column<Row> {
  readonly title: string;
  /** The cell's text; what would steer a terminal is taken out. */
  readonly cell: (row: Row) => string;
  /** Default: left. */
  readonly align?: 'left' | 'right';
}

const GAP = '  ';

/** The rows below a line of titles, columns as wide as their widest cell; without a line end after the last row. */
export function table<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const cells = rows.map((row) => columns.map(({ cell }) => printable(cell(row))));
  const lines = [columns.map(({ title }) => title.toUpperCase()), ...cells];
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => widthOf(line[at]!))));
  return lines
    .map((line) =>
      line
        .map((text, at) => pad(text, widths[at]!, columns[at]!.align ?? 'left'))
        .join(GAP)
        .trimEnd(),
    )
    .join('\n');
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const space = ' '.repeat(width - widthOf(text));
  return align === 'left' ? text + space : space + text;
}

function widthOf(text: string): number {
  return [...text].length;
}
