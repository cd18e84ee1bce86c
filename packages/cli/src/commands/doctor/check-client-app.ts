import type { Check } from './check.js';
import { whoAnswers } from './who-answers.js';

/** Whether a client app answers where one is expected. */
export async function checkClientApp(
  fetch: typeof globalThis.fetch,
  url: string,
  signal: AbortSignal,
): Promise<Check> {
  const name = 'client app';
  const who = await whoAnswers(fetch, url.replace(/\/+$/, ''), signal);
  if (who === 'client app') return { name, status: 'ok', message: `answers at ${url}` };
  return {
    name,
    status: 'fail',
    message: who === undefined ? `does not answer at ${url}` : `at ${url} a ${who} answers`,
    advice: 'start it (fedops client), or name its address (--client-app)',
  };
}
