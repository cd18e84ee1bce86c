import type { ClientPart, RunId, TaskId } from '@fedops/shared-types';
import type { PartRows } from '../store/store.js';

/** How each client's part of a run ended: it concerns that client alone, never the task or its other clients. */
export interface PartDesk {
  /** Takes a client's word; returns what is held of it now. */
  report(part: ClientPart): Promise<ClientPart>;
  /** The part of a run that goes on, under any of the names that a client has; undefined while it has not ended. */
  ended(runId: RunId, names: readonly (string | null)[]): ClientPart | undefined;
  list(taskId: TaskId, runId: RunId): Promise<readonly ClientPart[]>;
  /** Reads what is kept of a run that goes on. */
  open(taskId: TaskId, runId: RunId): Promise<void>;
  /** A run is over: nobody asks about its parts at every turn any more. */
  close(runId: RunId): void;
}

export function createPartDesk(rows: PartRows): PartDesk {
  const open = new Map<RunId, Map<string, ClientPart>>();

  return {
    async report(part) {
      const held = await rows.put(part);
      open.get(held.runId)?.set(held.clientId, held);
      return held;
    },
    ended(runId, names) {
      const parts = open.get(runId);
      return names
        .map((name) => (name === null ? undefined : parts?.get(name)))
        .find((part) => part !== undefined);
    },
    list: (taskId, runId) => rows.list(taskId, runId),
    async open(taskId, runId) {
      if (open.has(runId)) return;
      const parts = new Map<string, ClientPart>();
      open.set(runId, parts);
      for (const part of await rows.list(taskId, runId)) parts.set(part.clientId, part);
    },
    close: (runId) => void open.delete(runId),
  };
}
