import { createRunReader, type Fetch, type RunReader } from '@fedops/run-reader';
import type { Connection } from '../config/connection.js';

/**
 * Reads a run through its manager, which passes on what the FL server says: its address and its token need not be
 * known here.
 */
export function runReaderOf(fetch: Fetch, { url, token }: Connection, runId: string): RunReader {
  const run = `${url}/v1/runs/${encodeURIComponent(runId)}`;
  return createRunReader({
    baseUrl: url,
    ...(token !== undefined && { token }),
    fetch: (asked, init) => fetch(asked.replace(`${url}/v1/run/events`, `${run}/events`), init),
  });
}
