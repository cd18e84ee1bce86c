import { clientStatusInBothVocabularies } from '@fedops/shared-types';
import { type HttpDouble, httpDouble, json } from './http-double.js';

/** A client app that does what the test says. */
export interface FakeClientApp {
  readonly http: HttpDouble;
  readonly url: string;
  starts(): number;
  isTraining(): boolean;
  /** The run ends for this client; our own app then shows it in its session. */
  finish(): void;
  fail(message: string): void;
  /** The process is another one, which knows of no run. */
  restart(): void;
  /** Starts training for somebody else. */
  startElsewhere(version: number): void;
  /** What `/start` answers instead; `undefined` for the usual. */
  answerStart(status: number | undefined): void;
  /** Takes a start, and breaks the connection off. */
  loseStartAnswers(): void;
}

type Style = 'ours' | 'python';

export interface FakeClientAppOptions {
  /** `ours` tells of its session; `python` has two flags, the second of which stays. */
  readonly style?: Style;
  readonly taskId?: string;
  readonly mac?: string | null;
  /** The version that a start makes it build; the manager's word at `/info` in Python. */
  readonly version?: () => number;
  /** What it says that it trains. */
  readonly signature?: () => unknown;
}

export async function fakeClientApp({
  style = 'ours',
  taskId = 'mnist',
  mac = '02:00:00:00:00:07',
  version = () => 1,
  signature = () => undefined,
}: FakeClientAppOptions = {}): Promise<FakeClientApp> {
  let starts = 0;
  let training = false;
  let failed = false;
  let building = 0;
  let phase = 'idle';
  let reason = 'not-started';
  let changes = 0;
  let startStatus: number | undefined;
  let losesAnswers = false;

  const enter = (next: string, why: string) => {
    phase = next;
    reason = why;
    changes++;
  };
  const status = () => {
    const fedops = {
      FL_task_id: taskId,
      FL_client_num: 0,
      FL_client_mac: mac,
      FL_client_name: 'pi',
      FL_client_online: true,
      FL_client_start: training,
      FL_client_fail: failed,
      FL_server_IP: null,
      FL_next_gl_model: building,
    };
    if (style === 'python') {
      const {
        task_id,
        client_num,
        client_mac,
        client_name,
        client_online,
        client_start,
        client_fail,
        server_IP,
      } = clientStatusInBothVocabularies(fedops);
      return {
        task_id,
        client_num,
        client_mac,
        client_name,
        client_online,
        client_start,
        client_fail,
        server_IP,
        gl_model: building,
      };
    }
    const since = new Date(Date.UTC(2026, 0, 1) + changes).toISOString();
    const error = phase === 'failed' ? { error: { code: 'internal', message: reason } } : {};
    const progress = training ? { progress: 0.25 } : {};
    return {
      ...clientStatusInBothVocabularies(fedops),
      session: { phase, reason, since, deadline: null, ...progress, ...error },
    };
  };
  const begin = (which: number) => {
    training = true;
    building = which;
    if (style === 'ours') failed = false;
    enter('fitting', 'instructed');
  };

  const http = await httpDouble((call, response) => {
    switch (call.route) {
      case 'GET /online':
        return json(response, { ...status(), signature: signature() });
      case 'POST /start':
        if (startStatus !== undefined) return json(response, { detail: 'no' }, startStatus);
        if (training && style === 'ours') return json(response, { detail: 'busy' }, 409);
        starts++;
        begin(version());
        if (losesAnswers) return void response.socket?.destroy();
        return json(response, status());
      case 'POST /stop':
        if (style === 'python') return json(response, { detail: 'Not Found' }, 404);
        training = false;
        enter('idle', 'stopped');
        return json(response, status());
      default:
        return json(response, { detail: 'Not Found' }, 404);
    }
  });

  return {
    http,
    url: http.url,
    starts: () => starts,
    isTraining: () => training,
    finish() {
      training = false;
      enter('finished', 'run-ended');
    },
    fail(message) {
      training = false;
      failed = true;
      enter('failed', message);
    },
    restart() {
      training = false;
      failed = false;
      building = 0;
      enter('idle', 'not-started');
    },
    startElsewhere: begin,
    answerStart(next) {
      startStatus = next;
    },
    loseStartAnswers() {
      losesAnswers = true;
    },
  };
}
