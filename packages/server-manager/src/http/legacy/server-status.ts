import type { DeviceRecord, ServerStatus } from '@fedops/shared-types';
import type { Manager } from '../../manager.js';
import type { StoredRun, StoredTask } from '../../store/store.js';
import { SILENT } from '../../tasks/external-server.js';

/** What a task's FL server is at, in the words of Python's manager. */
export interface LegacyView {
  readonly status: ServerStatus;
  /** Its text for people, which Python's dashboard searches for words. */
  readonly text: string;
  /** Where the FL server is; undefined while there is none. */
  readonly url: URL | undefined;
  /** Where Python's clients find it: at its door for them; undefined where it has none. */
  readonly pythonUrl: URL | undefined;
}

/** The task's server as callers of the routes of Python's manager see it. */
export async function legacyView(
  { models, runs }: Pick<Manager, 'models' | 'runs'>,
  task: StoredTask,
  device: DeviceRecord | null,
): Promise<LegacyView> {
  if (task.server.kind === 'external') return externalView(task, task.server.url, device);
  const [newest] = await runs.list({ taskId: task.taskId, limit: 1 });
  const run = runs.active(task.taskId) ?? newest;
  const latest = await models.latestNumber(task.taskId);
  const isReady = run?.state.status === 'running';
  return {
    status: {
      S3_bucket: '',
      Last_GL_Model: latest > 0 ? `V${latest}` : '',
      FLServer_start: run?.createdAt ?? '',
      FLSeReady: isReady,
      // The version that is being built, or that will be next.
      GL_Model_V: latest + 1,
      Task_status: device,
      ...(run !== undefined && {
        Campaign_run_id: run.runId,
        Base_GL_Model_V: run.baseVersion,
        Target_GL_Model_V: run.baseVersion + 1,
        Campaign_started_at: run.createdAt,
        Campaign_status: CAMPAIGN_STATUS[run.state.status],
      }),
    },
    text: run === undefined ? 'Task Initialized - Server Not Created' : TEXT[run.state.status],
    ...addressesOf(run?.state),
  };
}

function addressesOf(state: StoredRun['state'] | undefined): Pick<LegacyView, 'url' | 'pythonUrl'> {
  if (state?.status !== 'running') return { url: undefined, pythonUrl: undefined };
  const url = new URL(state.url);
  const { flowerAddress } = state;
  return {
    url,
    pythonUrl: flowerAddress === undefined ? undefined : new URL(`${url.protocol}//${flowerAddress}`),
  };
}

const TEXT: Readonly<Record<StoredRun['state']['status'], string>> = {
  starting: 'FL Server Creating',
  running: 'FL Server Running',
  // It will be there again.
  suspended: 'FL Server Creating',
  stopping: 'FL Server Stopping',
  published: 'FL Server Finished',
  failed: 'FL Server Error',
};

const CAMPAIGN_STATUS: Readonly<Record<StoredRun['state']['status'], string>> = {
  starting: 'starting',
  running: 'running',
  suspended: 'starting',
  stopping: 'stopping',
  published: 'completed',
  failed: 'failed',
};

const EXTERNAL_TEXT = {
  'never-ran': 'Task Initialized - Server Not Created',
  ready: 'FL Server Running',
  finished: 'FL Server Finished',
  failed: 'FL Server Error',
  stopped: 'FL Server Stopped',
} as const;

function externalView(task: StoredTask, url: string, device: DeviceRecord | null): LegacyView {
  const report = task.serverReport ?? SILENT;
  const { campaign } = report;
  return {
    status: {
      S3_bucket: report.bucket,
      Last_GL_Model: report.lastModel,
      FLServer_start: report.startedAt,
      FLSeReady: report.state.kind === 'ready',
      GL_Model_V: report.version,
      Task_status: device,
      ...(campaign !== null && {
        Campaign_run_id: campaign.runId,
        Base_GL_Model_V: campaign.base,
        Target_GL_Model_V: campaign.target,
        Campaign_config: campaign.config,
        Campaign_started_at: campaign.startedAt,
        Campaign_ended_at: campaign.endedAt,
        Campaign_status: campaign.status,
      }),
    },
    text: EXTERNAL_TEXT[report.state.kind],
    url: new URL(url),
    pythonUrl: new URL(url),
  };
}
