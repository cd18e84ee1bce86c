/**
 * How Node is started for every server of ours that is measured: a young generation of 2 MB instead of 16. What an FL
 * server moves lies outside of the heap, and a collector that comes by more often lets go of it sooner.
 */
export const SERVER_FLAGS = ['--max-semi-space-size=2'];
