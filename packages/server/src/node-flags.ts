/**
 * How to start Node for a process that is an FL server and nothing else: `node ...FL_SERVER_NODE_FLAGS server.js`.
 *
 * What such a server moves lies outside of the JavaScript heap, so that the heap needs little room to grow. By itself
 * Node lets it grow to a multiple of what is alive; with these flags memory stays within what docs/benchmarks.md says.
 */
export const FL_SERVER_NODE_FLAGS: readonly string[] = [
  // The young generation: 2 MB instead of 16.
  '--max-semi-space-size=2',
  // The old one is collected when it has grown to 24 MB, and from then on by 30 % each time.
  '--initial-old-space-size=24',
  '--heap-growing-percent=30',
  // Threads that collect and compile keep memory of their own.
  '--v8-pool-size=1',
];
