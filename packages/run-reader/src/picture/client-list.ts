import type { ClientId, RunEvent, RunView } from '@fedops/shared-types';

type Clients = RunView['clients'];
type Presence = Extract<RunEvent, { kind: `client-${'connected' | 'lost' | 'left' | 'forgotten'}` }>;

/** The clients after one of them came, was lost, left or was forgotten. */
export function withPresence(clients: Clients, { kind, clientId, name, at }: Presence): Clients {
  if (kind === 'client-forgotten') return clients.filter((client) => client.clientId !== clientId);
  const connection = kind === 'client-lost' ? 'lost' : kind === 'client-left' ? 'left' : 'connected';
  const before = clients.find((client) => client.clientId === clientId);
  const activity = connection === 'left' ? null : (before?.activity ?? null);
  // A client is lost because nothing was heard of it.
  const lastSeen = connection === 'lost' ? (before?.lastSeen ?? at) : at;
  return inPlace(clients, { clientId, name, connection, lastSeen, activity });
}

/** The list, in the order of client ids, with this entry in place of the client's own one. */
export function inPlace<T extends { readonly clientId: ClientId }>(list: readonly T[], entry: T): T[] {
  let [low, high] = [0, list.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (list[middle]!.clientId < entry.clientId) low = middle + 1;
    else high = middle;
  }
  const isKnown = list[low]?.clientId === entry.clientId;
  return [...list.slice(0, low), entry, ...list.slice(isKnown ? low + 1 : low)];
}
