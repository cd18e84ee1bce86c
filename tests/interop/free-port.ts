import { type AddressInfo, createServer } from 'node:net';

/** A port of loopback that nobody uses at the moment; Flower's servers do not tell which one they got. */
export async function freePort(): Promise<number> {
  const holder = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => holder.once('listening', resolve));
  const { port } = holder.address() as AddressInfo;
  await new Promise((resolve) => holder.close(resolve));
  return port;
}
