/** What the README states of one airport, or of all. */
export interface StatedAuc {
  readonly local: number;
  readonly global: number;
}

/** The rows of the README's table of airports: `| name | rows | held out | damaged | local | global | better |`. */
export function statedResults(readme: string): Map<string, StatedAuc> {
  const rows = [...readme.matchAll(/^\| ([^|]+) \| \d+ \| \d+ \| \d+ \| ([\d.]+) \| ([\d.]+) \|/gm)];
  return new Map(
    rows.map(([, name, local, global]) => [name!, { local: Number(local), global: Number(global) }]),
  );
}

/** The line of the README's summary for seed 1. */
export function statedSummary(readme: string, label: string): StatedAuc | undefined {
  const row = readme.match(new RegExp(`^\\| ${label} \\| ([\\d.]+) \\| ([\\d.]+) \\|`, 'm'));
  return row === null ? undefined : { local: Number(row[1]), global: Number(row[2]) };
}
