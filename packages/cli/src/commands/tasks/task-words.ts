import { timeText } from '@fedops/run-reader';
import type { Task } from '@fedops/shared-types';
import { table } from '../../output/table.js';
import { byteText } from '../../words/byte-text.js';
import { facts } from '../../words/facts.js';

/** All of a task. */
export function taskText(task: Task): string {
  const { run, bestBy, initialModel } = task;
  return facts([
    ['task', task.taskId],
    ['title', task.title === '' ? undefined : task.title],
    ['FL server', task.server.kind === 'managed' ? 'started for each run' : `external, ${task.server.url}`],
    ['runs start', triggerText(task)],
    ['rounds', String(run.rounds)],
    ['strategy', run.strategy.kind],
    [
      'clients',
      run.clientsPerRound.kind === 'all'
        ? `all, at least ${run.clientsPerRound.atLeast}`
        : `${run.clientsPerRound.count} drawn for each round`,
    ],
    ['quorum', String(run.quorum)],
    ['fit', configText(run.fitConfig)],
    ['best by', bestBy === null ? undefined : `${bestBy.metric}, ${bestBy.direction}`],
    [
      'model',
      initialModel === null
        ? `none yet: fedops task set-model ${task.taskId} FILE`
        : `${initialModel.tensors} ${initialModel.tensors === 1 ? 'tensor' : 'tensors'}, ${byteText(initialModel.byteLength)}, ${initialModel.digest}`,
    ],
    ['created', timeText(task.createdAt)],
  ]);
}

export function taskTable(tasks: readonly Task[]): string {
  if (tasks.length === 0) return 'no tasks';
  return table(tasks, [
    { title: 'task', cell: ({ taskId }) => taskId },
    { title: 'title', cell: ({ title }) => title },
    { title: 'rounds', cell: ({ run }) => String(run.rounds), align: 'right' },
    { title: 'runs start', cell: triggerText },
    {
      title: 'model',
      cell: ({ initialModel }) => (initialModel === null ? 'none yet' : byteText(initialModel.byteLength)),
    },
  ]);
}

function triggerText({ trigger }: Task): string {
  switch (trigger.kind) {
    case 'manual':
      return 'by hand';
    case 'cron':
      return `${trigger.expression} (${trigger.timeZone})`;
    case 'devices-ready':
      return trigger.devices === 1 ? 'when a device is ready' : `when ${trigger.devices} devices are ready`;
  }
}

function configText(config: Task['run']['fitConfig']): string | undefined {
  const pairs = Object.entries(config).map(([name, value]) => `${name}=${value}`);
  return pairs.length === 0 ? undefined : pairs.join(' ');
}
