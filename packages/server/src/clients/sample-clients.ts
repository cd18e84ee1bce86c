import type { ClientId } from '@fedops/shared-types';
import { uniformIntDistribution, xoroshiro128plus } from 'pure-rand';

/**
 * `count` of the clients, drawn without replacement, in the order of ids.
 * The same set and seed give the same draw, whatever order the clients came in.
 */
export function sampleClients(
  clients: readonly ClientId[],
  count: number,
  seed: number,
): readonly ClientId[] {
  const pool = inIdOrder(clients);
  let generator = xoroshiro128plus(seed);
  const wanted = Math.min(count, pool.length);
  for (let i = 0; i < wanted; i++) {
    const [j, next] = uniformIntDistribution(i, pool.length - 1, generator);
    generator = next;
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return inIdOrder(pool.slice(0, wanted));
}

/** By UTF-16 code units: the same on every machine, whatever its locale. */
export function inIdOrder(clients: Iterable<ClientId>): ClientId[] {
  return [...clients].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
