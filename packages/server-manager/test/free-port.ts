import { canListen } from '../src/runs/port-range.js';

/** A port below those that systems give to outgoing connections: such a one could be taken before it is listened on. */
export async function freePort(except?: number): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (port !== except && (await canListen('127.0.0.1')(port))) return port;
  }
}

/** The lower of two ports side by side, both as `freePort` has them. */
export async function freePortPair(): Promise<number> {
  for (;;) {
    const port = await freePort();
    if (await canListen('127.0.0.1')(port + 1)) return port;
  }
}
