/**
 * How Node is started for every server of ours that is measured. What an FL server moves lies outside of the heap, and
 * both sizes count it in: a small young generation (2 MB instead of 16) lets go of it sooner; an old one that may grow
 * to 64 MB before it is looked through is not looked through three times a round.
 */
export const SERVER_FLAGS = ['--max-semi-space-size=2', '--initial-old-space-size=64'];
