import { resolve } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import type { Command } from 'commander';
import type { CommandContext } from '../../context.js';
import { managing } from '../../manager-api/managing.js';
import { managingCommand } from '../../manager-api/managing-command.js';
import { putInitialModel, readModelFile } from './initial-model.js';
import { readTaskFile } from './task-file.js';
import { addTaskFlags, taskInputOf } from './task-flags.js';
import { taskTable, taskText } from './task-words.js';

/** `fedops task create|list|show|set-model`. */
export function addTaskCommand(program: Command, context: CommandContext): void {
  const { signal, cwd } = context;
  const task = program.command('task').description('the tasks that are learned');

  addTaskFlags(managingCommand(task, 'create', 'create a task, from flags, a YAML or JSON file, or both'))
    .argument('[task]')
    .option('--file <path>', 'file with the task; a flag wins over it')
    .option('--model <path>', 'model that its first run starts from: safetensors, npz, or ours')
    .action(
      managing(context, async (call, manager) => {
        const { args, flags, output } = call;
        const file =
          typeof flags.file === 'string'
            ? await readTaskFile(cwd, flags.file)
            : { task: {}, model: undefined };
        const input = taskInputOf(file.task, args[0], flags);
        const modelPath = typeof flags.model === 'string' ? resolve(cwd, flags.model) : file.model;
        // Read first: a file that is no model shall not leave a task behind.
        const model = modelPath === undefined ? undefined : await readModelFile(modelPath);
        const created = await manager.api.createTask(input, { signal });
        const shown =
          model === undefined
            ? created
            : await withModel(created.taskId, () =>
                putInitialModel(call, manager, { taskId: created.taskId, model }),
              );
        output.result(shown, taskText);
      }),
    );

  managingCommand(task, 'list', 'all tasks').action(
    managing(context, async ({ output }, { api }) => {
      output.result(await api.listTasks({ signal }), taskTable);
    }),
  );

  managingCommand(task, 'show', 'one task')
    .argument('<task>')
    .action(
      managing(context, async ({ args, output }, { api }) => {
        output.result(await api.getTask(args[0]!, { signal }), taskText);
      }),
    );

  managingCommand(task, 'set-model', 'give a task the model that its first run starts from')
    .argument('<task>')
    .argument('<file>', 'safetensors, npz, or ours')
    .action(
      managing(context, async (call, manager) => {
        const { args, output } = call;
        const model = await readModelFile(resolve(cwd, args[1]!));
        output.result(await putInitialModel(call, manager, { taskId: args[0]!, model }), taskText);
      }),
    );
}

async function withModel<T>(taskId: string, put: () => Promise<T>): Promise<T> {
  try {
    return await put();
  } catch (cause) {
    const { code, message, details } = FedOpsError.from(cause);
    throw new FedOpsError(code, `task ${taskId} is created, but has no model: ${message}`, {
      cause,
      details,
    });
  }
}
