import {
  type ClientFailureNotice,
  type ClientNotice,
  ClientNoticeAnswerSchema,
  type ClusterAssignment,
  ClusterAssignmentAnswerSchema,
  PortAnswerSchema,
  type RunFinished,
  ServerStatusAnswerSchema,
  type ServerStatusUpdate,
} from '@fedops/shared-types';
import { segment } from '../route.js';

const put = { method: 'PUT', errorAnswer: 'internal', presence: 'required' } as const;
const notice = {
  ...put,
  answer: ClientNoticeAnswerSchema,
  repetition: 'freely',
  presence: 'optional',
} as const;

/** The routes of the server manager that concern one task; docs/protocol.md 3.3 to 3.5. */
export const serverManagerRoutes = {
  port: (taskId: string) =>
    ({
      method: 'GET',
      path: `/FLSe/getPort/${segment(taskId)}`,
      answer: PortAnswerSchema,
      repetition: 'freely',
      errorAnswer: 'not-found',
      presence: 'required',
    }) as const,

  clientOut: (taskId: string, body: ClientNotice) =>
    ({ ...notice, path: `/FLSe/ClientOut/${segment(taskId)}`, body }) as const,

  clientTrainFin: (taskId: string, body: ClientNotice) =>
    ({ ...notice, path: `/FLSe/ClientTrainFin/${segment(taskId)}`, body }) as const,

  clientTrainFail: (taskId: string, body: ClientFailureNotice) =>
    ({ ...notice, path: `/FLSe/ClientTrainFail/${segment(taskId)}`, body }) as const,

  cluster: (taskId: string, body: ClusterAssignment) =>
    ({
      ...put,
      path: `/FLSe/cluster/${segment(taskId)}`,
      body,
      answer: ClusterAssignmentAnswerSchema,
      repetition: 'freely',
    }) as const,

  serverStatus: (taskId: string, body: ServerStatusUpdate) =>
    ({
      ...put,
      path: `/FLSe/FLSeUpdate/${segment(taskId)}`,
      body,
      answer: ServerStatusAnswerSchema,
      repetition: 'freely',
    }) as const,

  /** Python adds 1 to the version each time, hence not twice. */
  runFinished: (taskId: string, { FLSeReady, campaign_run_id }: RunFinished) =>
    ({
      ...put,
      path: `/FLSe/FLRoundFin/${segment(taskId)}`,
      query: { FLSeReady: String(FLSeReady), ...(campaign_run_id === undefined ? {} : { campaign_run_id }) },
      answer: ServerStatusAnswerSchema,
      repetition: 'if-unheard',
    }) as const,
};
