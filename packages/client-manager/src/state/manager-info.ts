import type { DeviceRecord, ManagerInfo } from '@fedops/shared-types';
import type { ManagerState } from './manager-state.js';
import { isBusy } from './resting.js';

/** What the answer of `/info` says beside the state. */
export interface InfoParts {
  readonly clientUrl: string;
  readonly serverManagerUrl: string;
  readonly deviceId: string;
  /** Configured labels; those of the client app stand in for them. */
  readonly mac: string | undefined;
  readonly name: string | undefined;
  /** As the server manager keeps it, where it shows it. */
  readonly deviceRecord: DeviceRecord | null;
}

/**
 * The state as clients of Python's managers read it: the answer of `/info`, `/trainFin`, `/trainFail` and
 * `/flclient_out`. `GL_Model_V` is the version that the run is to publish.
 */
export function managerInfoOf(state: ManagerState, parts: InfoParts): ManagerInfo {
  const { client, link, last } = state.facts;
  const report = client.kind === 'answering' ? client.report : undefined;
  const run = 'run' in state ? state.run : last?.run;
  const taskId = report?.taskId ?? (link.kind === 'unregistered' ? '' : link.taskId);
  const clientMac = parts.mac ?? report?.mac ?? '';
  const clientName = parts.name ?? report?.name ?? '';
  const isTraining = hasClientInRun(state);
  return {
    FL_client: new URL(parts.clientUrl).host,
    server_ST: new URL(parts.serverManagerUrl).host,
    server: new URL(run?.serverUrl ?? parts.serverManagerUrl).hostname,
    s3_ready: false,
    GL_Model_V: run?.version ?? 0,
    FL_ready: state.phase === 'starting' || state.phase === 'training',
    client_online: client.kind === 'answering',
    client_training: isTraining,
    task_id: taskId,
    task_status:
      link.kind === 'unregistered'
        ? null
        : (parts.deviceRecord ?? {
            FL_task_ID: taskId,
            Device_mac: clientMac === '' ? parts.deviceId : clientMac,
            Device_hostname: clientName,
            Device_online: client.kind === 'answering',
            Device_training: isTraining,
          }),
    client_mac: clientMac,
    client_name: clientName,
  };
}

/** The info in both vocabularies at once, so that a client of either age understands it. */
export function infoInBothVocabularies(info: ManagerInfo) {
  return {
    ...info,
    FL_server_ST: info.server_ST,
    FL_server: info.server,
    FL_client_num: 0,
    FL_client_online: info.client_online,
    FL_learning: info.client_training,
    FL_task_id: info.task_id,
    FL_task_status: info.task_status,
    FL_client_mac: info.client_mac,
    FL_client_hostname: info.client_name,
  };
}

function hasClientInRun(state: ManagerState): boolean {
  if (state.phase === 'training') return true;
  if (state.phase === 'starting') return state.attempts > 0;
  return state.phase !== 'reporting' && isBusy(state.facts);
}
