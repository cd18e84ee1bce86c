/** A size to measure: `clients` of them, a model of `parameters` float32 numbers. */
export const GRID = [2, 10, 50].flatMap((clients) =>
  [100_000, 1_000_000, 5_000_000].map((parameters) => ({ clients, parameters })),
);

/** `10x1M` */
export function nameOf({ clients, parameters }) {
  const isMillions = parameters % 1_000_000 === 0;
  return `${clients}x${isMillions ? `${parameters / 1_000_000}M` : `${parameters / 1_000}k`}`;
}

/** The cell that a name such as `10x1M` means. */
export function cellNamed(name) {
  const match = /^(\d+)x(\d+)([kM])$/.exec(name);
  if (match === null) throw new Error(`--cells: expected names such as 10x1M, got ${name}`);
  const [, clients, count, unit] = match;
  return { clients: Number(clients), parameters: Number(count) * (unit === 'M' ? 1_000_000 : 1_000) };
}
