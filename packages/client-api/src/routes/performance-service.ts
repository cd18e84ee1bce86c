import {
  type ClientSystem,
  ClientSystemAnswerSchema,
  type ClientTimeResult,
  ClientTimeResultAnswerSchema,
  type GlModelEvaluation,
  GlModelEvaluationAnswerSchema,
  type ServerTimeResult,
  ServerTimeResultAnswerSchema,
  type TestResult,
  TestResultAnswerSchema,
  type TrainResult,
  TrainResultAnswerSchema,
  type XaiResult,
  XaiResultAnswerSchema,
} from '@fedops/shared-types';
import { segment } from '../route.js';

/** Each report inserts a row, so none is sent again that may have been heard. */
const report = {
  method: 'PUT',
  repetition: 'if-unheard',
  errorAnswer: 'internal',
  presence: 'required',
} as const;

/** The routes of the performance service; docs/protocol.md 3.3. */
export const performanceServiceRoutes = {
  trainResult: (body: TrainResult) =>
    ({ ...report, path: client('train_result', body), body, answer: TrainResultAnswerSchema }) as const,

  testResult: (body: TestResult) =>
    ({ ...report, path: client('test_result', body), body, answer: TestResultAnswerSchema }) as const,

  clientTimeResult: (body: ClientTimeResult) =>
    ({
      ...report,
      path: client('client_time_result', body),
      body,
      answer: ClientTimeResultAnswerSchema,
    }) as const,

  clientSystem: (body: ClientSystem) =>
    ({ ...report, path: client('client_system', body), body, answer: ClientSystemAnswerSchema }) as const,

  /** Python's service has no such route. */
  xaiResult: (taskId: string, body: XaiResult) =>
    ({
      ...report,
      path: client('xai_result', { fl_task_id: taskId }),
      body,
      answer: XaiResultAnswerSchema,
      presence: 'optional',
    }) as const,

  glModelEvaluation: (body: GlModelEvaluation) =>
    ({
      ...report,
      path: server('gl_model_evaluation', body),
      body,
      answer: GlModelEvaluationAnswerSchema,
    }) as const,

  serverTimeResult: (body: ServerTimeResult) =>
    ({
      ...report,
      path: server('server_time_result', body),
      body,
      answer: ServerTimeResultAnswerSchema,
    }) as const,
};

interface OfTask {
  readonly fl_task_id: string;
}

function client(name: string, { fl_task_id }: OfTask): string {
  return `/client_perf/${name}/${segment(fl_task_id)}`;
}

function server(name: string, { fl_task_id }: OfTask): string {
  return `/server_perf/${name}/${segment(fl_task_id)}`;
}
