import type { ManagerInfo, ServerStatus, ServerStatusUpdate } from '@fedops/shared-types';

/** What a server manager knows of its task: where the FL server is, and what that said of itself. */
export interface TaskRecord {
  readonly taskId: string;
  /** Of the FL server; undefined until it was assigned. */
  readonly port: number | undefined;
  readonly status: ServerStatus;
}

export function newTaskRecord(taskId: string): TaskRecord {
  return { taskId, port: undefined, status: { FLSeReady: false, GL_Model_V: 0, Task_status: null } };
}

/** The record after `FLSeUpdate`. */
export function withServerStatus(record: TaskRecord, update: ServerStatusUpdate): TaskRecord {
  return { ...record, status: { ...record.status, ...update } };
}

/** The record after `FLRoundFin`, which comes once a run: the version that it built is published. */
export function withRunFinished(record: TaskRecord): TaskRecord {
  const { GL_Model_V: published } = record.status;
  return {
    ...record,
    status: {
      ...record.status,
      FLSeReady: false,
      Last_GL_Model: `V${published}`,
      GL_Model_V: published + 1,
    },
  };
}

/** What the manager of one client answers to it. */
export function managerInfoOf(
  { taskId, status }: TaskRecord,
  client: { readonly clientId: string; readonly isOnline: boolean; readonly isTraining: boolean },
): ManagerInfo {
  return {
    GL_Model_V: status.GL_Model_V,
    FL_ready: status.FLSeReady,
    client_online: client.isOnline,
    client_training: client.isTraining,
    task_id: taskId,
    task_status: null,
    client_mac: '',
    client_name: client.clientId,
  };
}
