/**
 * The most megabytes that a server started with `FL_SERVER_NODE_FLAGS` may take at its peak:
 * 90 MB + 12·P bytes + 0.1 MB for each client + 4·P bytes for each moment of the strategy.
 */
export function mostMegabytes({ clients, parameters }, moments) {
  return 90 + (12 * parameters) / 1e6 + 0.1 * clients + (4 * parameters * moments) / 1e6;
}
