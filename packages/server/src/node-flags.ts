/**
 * How to start Node for a process that is an FL server and nothing else: `node ...FL_SERVER_NODE_FLAGS server.js`.
 *
 * What such a server moves lies outside of the JavaScript heap, so that the heap needs little room to grow. By itself
 * Node lets it grow to a multiple of what is alive; with these flags memory stays within what docs/benchmarks.md says.
 */
export const FL_SERVER_NODE_FLAGS: readonly string[] = flagsFor({ oldSpaceMegabytes: 24 });

/**
 * The same for an FL server with a door for Flower's clients. Node counts what gRPC has read into the size of the heap:
 * with as little room as above it would look through the heap several times a round.
 */
export const FLOWER_SERVER_NODE_FLAGS: readonly string[] = flagsFor({ oldSpaceMegabytes: 64 });

function flagsFor({ oldSpaceMegabytes }: { readonly oldSpaceMegabytes: number }): readonly string[] {
  return [
    // The young generation: 2 MB instead of 16.
    '--max-semi-space-size=2',
    // The old one is collected when it has grown to so much, and from then on by 30 % each time.
    `--initial-old-space-size=${oldSpaceMegabytes}`,
    '--heap-growing-percent=30',
    // Threads that collect and compile keep memory of their own.
    '--v8-pool-size=1',
  ];
}
