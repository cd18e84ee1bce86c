import type { ClientPart, RunId, TaskId } from '@fedops/shared-types';
import type { PartRows } from '../store/store.js';

/** How each client's part of a run ended: it concerns that client alone, never the task or its other clients. */
export interface PartDesk {
  /** Takes a client's word; returns what is held of it now. */
  report(part: ClientPart): Promise<ClientPart>;
  /** The part of a run that is open, under any of the names that a client has; undefined while it has not ended. */
  ended(run: RunOfTask, names: readonly (string | null)[]): ClientPart | undefined;
  list(taskId: TaskId, runId: RunId): Promise<readonly ClientPart[]>;
  /** Reads what is kept of the task's run that goes on, and holds it in place of that of an earlier one. */
  open(run: RunOfTask): Promise<void>;
  /** No run of the task goes on: nobody asks about parts at every turn any more. */
  close(taskId: TaskId): void;
}

/** Ids of runs are unique among all tasks only where they are the manager's own. */
export type RunOfTask = Pick<ClientPart, 'taskId' | 'runId'>;

export function createPartDesk(rows: PartRows): PartDesk {
  const open = new Map<TaskId, { readonly runId: RunId; readonly parts: Map<string, ClientPart> }>();

  function partsOf({ taskId, runId }: RunOfTask): Map<string, ClientPart> | undefined {
    const held = open.get(taskId);
    return held?.runId === runId ? held.parts : undefined;
  }

  return {
    async report(part) {
      const held = await rows.put(part);
      partsOf(held)?.set(held.clientId, held);
      return held;
    },
    ended(run, names) {
      const parts = partsOf(run);
      return names
        .map((name) => (name === null ? undefined : parts?.get(name)))
        .find((part) => part !== undefined);
    },
    list: (taskId, runId) => rows.list(taskId, runId),
    async open(run) {
      if (partsOf(run) !== undefined) return;
      const { taskId, runId } = run;
      const parts = new Map<string, ClientPart>();
      open.set(taskId, { runId, parts });
      for (const part of await rows.list(taskId, runId)) parts.set(part.clientId, part);
    },
    close: (taskId) => void open.delete(taskId),
  };
}
