/** How many times more another server needs than ours, for results of the same cell: above 1, ours needs less. */
export function ratiosOf(theirs, own) {
  return {
    wall: theirs.wallSeconds / own.wallSeconds,
    cpu: theirs.cpuSeconds / own.cpuSeconds,
    peak: theirs.peakMegabytes / own.peakMegabytes,
  };
}
