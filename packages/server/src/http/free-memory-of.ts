import { MessageChannel } from 'node:worker_threads';

const { port1: nobody, port2 } = new MessageChannel();
port2.close();

/**
 * Frees the memory of a chunk that nobody looks at any more, and does not leave it to the collector: chunks of 64 KiB
 * that wait for it make it run over the whole heap several times a second.
 *
 * Only for bytes that are alone in their memory; others are left as they are. Node's HTTP parser copies each chunk
 * of a body into memory of its own.
 */
export function freeMemoryOf(chunk: Uint8Array): void {
  const { buffer } = chunk;
  // Memory that is sent to nobody is gone at once; `ArrayBuffer.prototype.transfer` needs Node 22.
  if (buffer instanceof ArrayBuffer && buffer.byteLength === chunk.byteLength)
    nobody.postMessage(null, [buffer]);
}
