import type { ClientNotice, ClientNoticeAnswer, TaskId } from '@fedops/shared-types';

type NoticeState = ClientNoticeAnswer['state'];

/** Answers the three notices of one client (docs/protocol.md 3.4); they change nothing of the task. */
export function answerNotice(taskId: TaskId, notice: ClientNotice, state: NoticeState): ClientNoticeAnswer {
  return { task_id: taskId, client_id: notice.client_id, run_id: notice.run_id, state };
}
