import { FedOpsError, type ManagerData } from '@fedops/shared-types';
import { z } from 'zod';
import { bodyOf, type Exchange } from '../http/exchange.js';
import { type ClientReport, readClientReport } from './client-report.js';

/** The line to the client app of this device. */
export interface ClientLine {
  /** @throws {FedOpsError} `conflict` for a client of another task; what the exchange throws. */
  online(signal: AbortSignal): Promise<ClientReport>;
  /** Asks the client to start. @throws {FedOpsError} What the client's status says; what the exchange throws. */
  start(data: ManagerData, signal: AbortSignal): Promise<void>;
  /** Asks the client to stop; Python's clients have no such route. */
  stop(signal: AbortSignal): Promise<void>;
}

/** Where the client app is, and what it is asked with. */
export interface ClientLineSettings {
  readonly url: string;
  readonly token: string | undefined;
  /** A client of another task is refused. */
  readonly taskId: string | undefined;
}

/** `/online` answers from memory. */
const LOOK_WITHIN_MS = 5_000;
/** Python's client asks two services before it answers `/start`, 10 s each. */
const START_WITHIN_MS = 30_000;

export function createClientLine(exchange: Exchange, { url, token, taskId }: ClientLineSettings): ClientLine {
  const send = (method: 'GET' | 'POST', path: string, options: { timeoutMs: number; signal: AbortSignal }) =>
    exchange({ method, url: `${url}${path}`, token, ...options });
  return {
    async online(signal) {
      const answer = await send('GET', '/online', { timeoutMs: LOOK_WITHIN_MS, signal });
      const report = readClientReport(bodyOf(answer, z.unknown(), 'GET /online'), 'GET /online');
      if (taskId === undefined || taskId === report.taskId) return report;
      throw new FedOpsError('conflict', `expected a client of task ${taskId}, found one of ${report.taskId}`);
    },
    async start(data, signal) {
      const request = { method: 'POST', url: `${url}/start`, body: data, token } as const;
      bodyOf(await exchange({ ...request, timeoutMs: START_WITHIN_MS, signal }), z.unknown(), 'POST /start');
    },
    async stop(signal) {
      bodyOf(await send('POST', '/stop', { timeoutMs: LOOK_WITHIN_MS, signal }), z.unknown(), 'POST /stop');
    },
  };
}
