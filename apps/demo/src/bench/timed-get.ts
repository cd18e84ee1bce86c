import { type Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';

export interface TimedAnswer {
  /** From sending the request to the last byte of the answer. */
  readonly ms: number;
  readonly body: unknown;
}

/** One GET of JSON over a connection that is kept. */
export function timedGet(url: string, agent: Agent): Promise<TimedAnswer> {
  return new Promise((resolve, reject) => {
    const sentAt = performance.now();
    get(url, { agent }, async (response) => {
      try {
        const text = (await response.setEncoding('utf8').toArray()).join('');
        resolve({ ms: performance.now() - sentAt, body: JSON.parse(text) });
      } catch (error) {
        reject(error);
      }
    }).on('error', reject);
  });
}
