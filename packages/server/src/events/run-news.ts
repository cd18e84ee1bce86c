import type { RunEvent } from '@fedops/shared-types';

/** An event of the stream before the log has put id, time and run to it. */
export type RunNews = RunEvent extends infer E
  ? E extends { readonly kind: 'reset' }
    ? never
    : E extends RunEvent
      ? Omit<E, 'id' | 'at' | 'runId'>
      : never
  : never;
