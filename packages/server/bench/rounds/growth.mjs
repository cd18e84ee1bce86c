/**
 * What a measurement of a long run holds, and the most that each may grow: `whole` from its first measured round to its
 * last, `settled` from the round on at which all that is remembered of a run is full.
 */
export const BOUNDS = {
  // The events that the server remembers fill up meanwhile: 4 Mi characters and what holds them together.
  heapMegabytes: { whole: 8, settled: 1 },
  // Buffers and WebAssembly memory lie outside the heap, made before the first measured round; sockets come and go.
  externalMegabytes: { whole: 2, settled: 2 },
  arrayBuffersMegabytes: { whole: 1, settled: 1 },
  // Beyond the heap's growth, pages that the allocators have and do not use.
  rssMegabytes: { whole: 20, settled: 8 },
  // Each client may have a second connection, and a file or a timer may be at work in one measurement and not another.
  openFiles: { whole: 8, settled: 8 },
  sockets: { whole: 8, settled: 8 },
  resources: { whole: 16, settled: 16 },
};

/**
 * How much each figure grew, as `{ whole, settled }`; `measures` in the order of their rounds, `settledRound` one of
 * them, or undefined where the memory of the run never was full: then `settled` is undefined too.
 */
export function growthOf(measures, settledRound) {
  const [first, last] = [measures[0], measures.at(-1)];
  const settled = measures.find(({ round }) => round === settledRound);
  return Object.fromEntries(
    Object.keys(BOUNDS).map((figure) => [
      figure,
      {
        whole: last[figure] - first[figure],
        ...(settled !== undefined && { settled: last[figure] - settled[figure] }),
      },
    ]),
  );
}

/** The figures that grew beyond their bounds. */
export function beyondBounds(growth) {
  return Object.keys(BOUNDS).filter(
    (figure) =>
      growth[figure].whole > BOUNDS[figure].whole || (growth[figure].settled ?? 0) > BOUNDS[figure].settled,
  );
}
