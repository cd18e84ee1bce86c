/** `93.41 %` */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}

/** `4.2 s` */
export function seconds(count: number): string {
  return `${count.toFixed(1)} s`;
}

/** A bar of so many cells, filled as far as the fraction says; an empty one for nothing. */
export function bar(fraction: number | undefined, cells: number): string {
  if (fraction === undefined) return ' '.repeat(cells);
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * cells);
  return '█'.repeat(full) + '░'.repeat(cells - full);
}
