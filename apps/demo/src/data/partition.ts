import { FedOpsError } from '@fedops/shared-types';

/** How the examples are spread over the clients. */
export type Partition =
  /** At random, as many for each. */
  | { readonly kind: 'iid' }
  /** Sorted by label and cut; so many pieces for each client (McMahan et al. 2017, section 3: 2). */
  | { readonly kind: 'shards'; readonly perClient: number }
  /** Each label spread by a Dirichlet draw: the smaller alpha, the more unlike the clients (Hsu et al. 2019). */
  | { readonly kind: 'dirichlet'; readonly alpha: number };

/**
 * Reads `iid`, `shards:2` or `dirichlet:0.5`.
 *
 * @throws {FedOpsError} `invalid-argument` for anything else.
 */
export function parsePartition(text: string): Partition {
  const [, kind, value] = /^(iid|shards|dirichlet)(?::(\d+(?:\.\d+)?))?$/.exec(text) ?? [];
  const number = Number(value);
  if (kind === 'iid' && value === undefined) return { kind };
  if (kind === 'shards' && Number.isSafeInteger(number) && number >= 1) return { kind, perClient: number };
  if (kind === 'dirichlet' && number > 0 && Number.isFinite(number)) return { kind, alpha: number };
  throw new FedOpsError(
    'invalid-argument',
    `partition: expected iid, shards:N (N from 1) or dirichlet:ALPHA (above 0), got ${JSON.stringify(text)}`,
    { details: { field: 'partition' } },
  );
}

/** The partition as {@link parsePartition} reads it. */
export function partitionText(partition: Partition): string {
  switch (partition.kind) {
    case 'iid':
      return 'iid';
    case 'shards':
      return `shards:${partition.perClient}`;
    case 'dirichlet':
      return `dirichlet:${partition.alpha}`;
  }
}
