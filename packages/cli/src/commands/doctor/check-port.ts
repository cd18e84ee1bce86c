import { createServer } from 'node:net';
import type { Check } from './check.js';
import { type Service, whoAnswers } from './who-answers.js';

/** A port that a service takes by default. */
export interface UsualPort {
  readonly port: number;
  readonly service: Service;
}

export const USUAL_PORTS: readonly UsualPort[] = [
  { port: 40_019, service: 'server manager' },
  { port: 8_080, service: 'FL server' },
  { port: 8_004, service: 'client manager' },
  { port: 8_003, service: 'client app' },
];

/** Whether a service's usual port is free, or taken by whom. */
export async function checkPort(
  fetch: typeof globalThis.fetch,
  { port, service }: UsualPort,
  signal: AbortSignal,
): Promise<Check> {
  const name = `port ${port}`;
  if (await isFree(port)) return { name, status: 'ok', message: `free for the ${service}` };
  const taker = await whoAnswers(fetch, `http://127.0.0.1:${port}`, signal);
  if (taker === service) return { name, status: 'ok', message: `a ${service} answers` };
  return {
    name,
    status: 'warn',
    message: `taken by ${taker === undefined ? 'another program' : `a ${taker}`}`,
    advice: `start the ${service} on another port (--port)`,
  };
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}
