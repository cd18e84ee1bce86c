import { FedOpsError, parseWith, type RunId, type TaskId } from '@fedops/shared-types';
import type { Request, Router } from 'express';
import { z } from 'zod';
import type { Manager } from '../../manager.js';
import { campaignBegun, campaignEnded, finished, SILENT, updated } from '../../tasks/external-server.js';
import type { ServerReport } from '../../tasks/server-report.js';
import type { CheckAccess } from '../access.js';
import { properAnswers } from './legacy-route.js';
import { legacyView } from './server-status.js';

const text = z.string().max(1_000).nullish();

/** All optional, as in Python; what is left out stays as it was instead of falling back to a default. */
const UpdateSchema = z.object({
  S3_bucket: text,
  Last_GL_Model: text,
  Latest_GL_Model: text,
  FLServer_start: text,
  Server_manager_start: text,
  Play_datetime: text,
  FLSeReady: z.boolean().nullish(),
  GL_Model_V: z.int().min(0).nullish(),
  Campaign_run_id: text,
});

const FinishQuerySchema = z.object({
  FLSeReady: z.stringbool().default(false),
  campaign_run_id: z.string().min(1).max(200).optional(),
});

const BeginSchema = z.object({
  runId: z.string().min(8).max(128),
  baseGlobalModelVersion: z.int().min(0),
  targetGlobalModelVersion: z.int().min(1),
  campaign: z.record(z.string(), z.unknown()),
});

const EndSchema = z.object({ runId: z.string().min(1).max(200), phase: z.enum(['request', 'finished']) });

/** What FL servers tell of themselves, and the campaigns of FL servers that somebody else starts. */
export function mountLegacyServers(router: Router, manager: Manager, check: CheckAccess): void {
  const { tasks, runs, clock } = manager;
  const proper = properAnswers(check);
  const now = () => new Date(clock.now()).toISOString();

  async function statusOf(taskId: TaskId) {
    return { Server_Status: (await legacyView(manager, tasks.get(taskId), null)).status };
  }

  /**
   * An FL server of the manager's own: what counts of it is its process and its model, so its word changes nothing;
   * it must name its run, and be about the newest one.
   */
  function assertNewestRun(taskId: TaskId, runId: string | undefined): void {
    const newest = runs.latest(taskId);
    if (newest !== undefined && newest.runId === (runId as RunId | undefined)) return;
    throw new FedOpsError('conflict', `run ${runId ?? '(none)'} is not the current one of task ${taskId}`, {
      details: { runId: newest?.runId ?? null },
    });
  }

  async function heard(
    taskId: TaskId,
    runId: string | undefined,
    change: (report: ServerReport) => ServerReport,
  ) {
    if (tasks.get(taskId).server.kind === 'managed') assertNewestRun(taskId, runId);
    else await tasks.report(taskId, ({ serverReport }) => change(serverReport ?? SILENT));
    return statusOf(taskId);
  }

  async function changeCampaign(taskId: TaskId, change: (report: ServerReport) => ServerReport) {
    if (tasks.get(taskId).server.kind === 'managed') {
      throw new FedOpsError(
        'unsupported',
        `runs of task ${taskId} are started by POST /v1/tasks/${taskId}/runs`,
      );
    }
    await tasks.report(taskId, ({ serverReport }) => change(serverReport ?? SILENT));
    return statusOf(taskId);
  }

  router.put(
    '/FLSe/FLSeUpdate/:taskId',
    proper('member', async ({ body }, taskId) => {
      const said = parseWith(UpdateSchema, body, 'body of PUT /FLSe/FLSeUpdate');
      const runId = said.Campaign_run_id ?? undefined;
      const word = {
        bucket: said.S3_bucket ?? undefined,
        lastModel: said.Last_GL_Model ?? said.Latest_GL_Model ?? undefined,
        startedAt: said.FLServer_start ?? said.Server_manager_start ?? said.Play_datetime ?? undefined,
        version: said.GL_Model_V ?? undefined,
        ready: said.FLSeReady ?? undefined,
        runId,
      };
      return heard(taskId, runId, (report) => updated(report, word, now()));
    }),
  );

  router.put(
    '/FLSe/FLRoundFin/:taskId',
    proper('member', async (request, taskId) => {
      const { FLSeReady, campaign_run_id: runId } = queryOf(request);
      return heard(taskId, runId, (report) =>
        FLSeReady ? updated(report, { ready: true, runId }, now()) : finished(report, runId, now()),
      );
    }),
  );

  /** One client's manager says that its training is over. It does not say which client, and concerns no other. */
  router.put(
    '/FLSe/FLSeClosed/:taskId',
    proper('member', async (request, taskId) => {
      queryOf(request);
      return statusOf(taskId);
    }),
  );

  router.put(
    '/FLSe/ScalableServerReady/:taskId',
    proper('member', async (_request, taskId) => ({
      status: 'success',
      message: 'FL Server created',
      server_status: (await statusOf(taskId)).Server_Status,
    })),
  );

  router.put(
    '/FLSe/ScalableServerRunning/:taskId',
    proper('member', async (_request, taskId) => {
      const { campaign } = tasks.get(taskId).serverReport ?? SILENT;
      const runId = campaign?.endedAt === null ? campaign.runId : undefined;
      const answer =
        tasks.get(taskId).server.kind === 'managed' || (campaign !== null && runId === undefined)
          ? await statusOf(taskId)
          : await heard(taskId, runId, (report) => updated(report, { ready: true, runId }, now()));
      return { status: 'success', message: 'FL Server Running', server_status: answer.Server_Status };
    }),
  );

  router.post(
    '/FLSe/BeginCampaign/:taskId',
    proper('operator', async ({ body }, taskId) => {
      const asked = parseWith(BeginSchema, body, 'body of POST /FLSe/BeginCampaign');
      const campaign = {
        runId: asked.runId,
        base: asked.baseGlobalModelVersion,
        target: asked.targetGlobalModelVersion,
        config: asked.campaign,
      };
      const { Server_Status } = await changeCampaign(taskId, (report) =>
        campaignBegun(report, campaign, now()),
      );
      return { task_id: taskId, campaign_run_id: asked.runId, server_status: Server_Status };
    }),
  );

  router.post(
    '/FLSe/EndCampaign/:taskId',
    proper('operator', async ({ body }, taskId) => {
      const asked = parseWith(EndSchema, body, 'body of POST /FLSe/EndCampaign');
      return changeCampaign(taskId, (report) => campaignEnded(report, asked, now()));
    }),
  );
}

function queryOf(request: Request): z.output<typeof FinishQuerySchema> {
  return parseWith(FinishQuerySchema, request.query, `query of ${request.method} ${request.path}`);
}
