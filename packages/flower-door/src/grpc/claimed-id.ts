import type { IncomingHttpHeaders } from 'node:http2';

/** Metadata that may name a client; Flower's own clients send none. */
const ID_KEYS = ['fedops-client-id-bin', 'fedops-client-id', 'cid', 'node-id', 'node_id'];

/** What a client calls itself; undefined where it brings no name. */
export function claimedIdIn(headers: IncomingHttpHeaders): string | undefined {
  for (const key of ID_KEYS) {
    const [value] = [headers[key]].flat();
    // Metadata of bytes travels in base64, and has a key that says so.
    const name =
      key.endsWith('-bin') && value !== undefined ? Buffer.from(value, 'base64').toString() : value;
    if (name !== undefined && name !== '') return name;
  }
  return undefined;
}
