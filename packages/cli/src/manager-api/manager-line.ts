import { ServerManagerAPI } from '@fedops/client-api';
import type { RunReader } from '@fedops/run-reader';
import type { Connection } from '../config/connection.js';
import type { CommandContext } from '../context.js';
import { askManager, type ManagerAsk } from './ask-manager.js';
import { runReaderOf } from './run-reader-of.js';

/** A command's line to a server manager. */
export interface ManagerLine {
  readonly url: string;
  /** What is said in JSON. */
  readonly api: ServerManagerAPI;
  /** What is said in bytes or as a stream; throws as `askManager` does. */
  ask(ask: ManagerAsk): Promise<Response>;
  /** Reads a run from within, as its FL server tells it. */
  readRun(runId: string): RunReader;
}

/** Lists of ten thousand devices, and views of as many clients. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

/** Whoever sits before a command line tries again by themselves: no call is sent twice. */
export function openManagerLine(
  context: Pick<CommandContext, 'env' | 'clock' | 'fetch'>,
  { url, token }: Connection,
): ManagerLine {
  const { env, clock, fetch } = context;
  return {
    url,
    api: new ServerManagerAPI(
      {
        baseUrl: url,
        maxAnswerBytes: MAX_ANSWER_BYTES,
        repeats: false,
        ...(token !== undefined && { token }),
      },
      { env, clock },
    ),
    ask: (ask) => askManager(fetch, { url, token }, ask),
    readRun: (runId) => runReaderOf(fetch, { url, token }, runId),
  };
}
