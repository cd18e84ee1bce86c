import type { ServerManagerAPI } from '@fedops/client-api';
import { encodeParameters, PARAMETERS_MEDIA_TYPE, type Parameters } from '@fedops/parameters';
import { errorOfAnswer, FedOpsError, type Task } from '@fedops/shared-types';
import type { DemoOptions } from '../options/demo-options.js';
import { TASK_ID } from '../processes/task-id.js';
import { runSettings } from './run-settings.js';

/**
 * Makes the task with its initial model, or gives the task of an earlier demo the settings of this one, and ends a run
 * that an earlier demo has left.
 *
 * @throws {FedOpsError} What the manager answers.
 */
export async function prepareTask(
  api: ServerManagerAPI,
  options: DemoOptions,
  signal: AbortSignal,
): Promise<void> {
  const run = runSettings(options);
  let task = await taskOf(api, signal);
  if (task === undefined) task = await api.createTask({ taskId: TASK_ID, run }, { signal });
  else await api.changeTask(TASK_ID, { run }, { signal });
  if (task.initialModel === null) await uploadInitialModel(api.baseUrl, options.seed, signal);
}

async function taskOf(api: ServerManagerAPI, signal: AbortSignal): Promise<Task | undefined> {
  const tasks = await api.listTasks({ signal });
  return tasks.find(({ taskId }) => taskId === TASK_ID);
}

/** TensorFlow.js is loaded for it alone, which takes about a second. */
async function initialModel(seed: number): Promise<Parameters> {
  const [{ useWasmBackend }, { initialParameters }] = await Promise.all([
    import('@fedops/tfjs'),
    import('../model/two-nn.js'),
  ]);
  await useWasmBackend();
  return initialParameters(seed);
}

async function uploadInitialModel(managerUrl: string, seed: number, signal: AbortSignal): Promise<void> {
  const body = new Uint8Array(encodeParameters(await initialModel(seed)));
  const what = 'upload of the initial model';
  const url = `${managerUrl}/v1/tasks/${encodeURIComponent(TASK_ID)}/initial-parameters`;
  try {
    const answer = await fetch(url, {
      method: 'PUT',
      headers: { 'Content-Type': PARAMETERS_MEDIA_TYPE },
      body,
      signal,
    });
    if (!answer.ok) throw errorOfAnswer(answer.status, await answer.json().catch(() => undefined), what);
  } catch (cause) {
    if (signal.aborted) throw signal.reason;
    throw FedOpsError.is(cause) ? cause : new FedOpsError('unavailable', `${what} broke off`, { cause });
  }
}
