import type { CountedCall } from './call-counts.js';

/** A request as the process that served it, or made it, sees it once it is answered. */
export interface AnsweredRequest {
  readonly side: 'served' | 'made';
  readonly method: string;
  /** With or without a query. */
  readonly path: string;
  readonly status: number;
}

/** Each call is counted on one side alone, since both ends of it may be processes of the demo. */
const RULES: readonly (readonly [AnsweredRequest['side'], string, RegExp, CountedCall])[] = [
  ['served', 'GET', /^\/online$/, 'online'],
  ['served', 'POST', /^\/start$/, 'start'],
  ['made', 'GET', /^\/FLSe\/getPort\/[^/]+$/, 'getPort'],
  ['made', 'GET', /^\/trainFin$/, 'trainFin'],
  ['made', 'GET', /^\/flclient_out$/, 'clientOut'],
  ['made', 'POST', /^\/v1\/tasks\/[^/]+\/devices$/, 'register'],
  ['made', 'POST', /^\/v1\/tasks\/[^/]+\/devices\/[^/]+\/heartbeat$/, 'heartbeat'],
];

/** Which call it was; undefined for one that is not counted, and for one that was answered with an error. */
export function callOf({ side, method, path, status }: AnsweredRequest): CountedCall | undefined {
  if (status < 200 || status > 299) return undefined;
  const [plain = ''] = path.split('?', 1);
  return RULES.find((rule) => rule[0] === side && rule[1] === method && rule[2].test(plain))?.[3];
}
