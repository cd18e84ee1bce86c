import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** The kinds of frames of HTTP/2 that are sent or looked for here. See RFC 9113, section 6. */
export const FRAME = { data: 0, headers: 1, reset: 3, settings: 4, ping: 6, goAway: 7 } as const;

/** A frame as it comes in. */
export interface Frame {
  readonly kind: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Buffer;
}

/** The bytes of a frame. */
export function frame(kind: number, flags: number, streamId: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = kind;
  head[4] = flags;
  head.writeUInt32BE(streamId, 5);
  return Buffer.concat([head, payload]);
}

/** Opens a stream to a path; its side stays open. */
export function openStream(streamId: number, path: string): Buffer {
  // POST and http as HPACK knows them, then two fields without its table, of which neither has 127 bytes.
  const plain = (name: string, value: string) =>
    Buffer.concat([
      Buffer.of(0, name.length),
      Buffer.from(name),
      Buffer.of(value.length),
      Buffer.from(value),
    ]);
  const fields = [
    Buffer.of(0x83, 0x86),
    plain(':path', path),
    plain(':authority', 'door'),
    plain('content-type', 'application/grpc'),
  ];
  return frame(FRAME.headers, 0x4, streamId, Buffer.concat(fields));
}

/** A connection that keeps no rule of HTTP/2 but those that the test keeps for it. */
export interface RawConnection {
  readonly socket: Socket;
  /** All that came so far. */
  readonly frames: readonly Frame[];
  readonly closed: Promise<void>;
  close(): void;
}

/** Connects, and accepts the other side's settings. */
export async function connectRaw(doorUrl: string): Promise<RawConnection> {
  const { hostname, port } = new URL(doorUrl.replace('grpc:', 'http:'));
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  await once(socket, 'connect');
  const frames: Frame[] = [];
  let rest = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 9 && rest.length >= 9 + rest.readUIntBE(0, 3)) {
      const end = 9 + rest.readUIntBE(0, 3);
      frames.push({
        kind: rest[3]!,
        flags: rest[4]!,
        streamId: rest.readUInt32BE(5),
        payload: rest.subarray(9, end),
      });
      rest = rest.subarray(end);
    }
  });
  socket.write(PREFACE);
  socket.write(Buffer.concat([frame(FRAME.settings, 0, 0), frame(FRAME.settings, 0x1, 0)]));
  return { socket, frames, closed, close: () => socket.destroy() };
}
