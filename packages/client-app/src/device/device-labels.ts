import { hostname, networkInterfaces } from 'node:os';

/** The first hardware address of this machine's network cards, lower case with colons; null where there is none. */
export function firstMac(
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): string | null {
  const cards = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  return cards.find(({ internal, mac }) => !internal && mac !== '00:00:00:00:00:00')?.mac ?? null;
}

/** The machine's name, at most as long as a status takes. */
export function machineName(): string {
  return hostname().slice(0, 300);
}
