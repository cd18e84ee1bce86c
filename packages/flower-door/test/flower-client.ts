import {
  type ClientMessage,
  decodeServerMessage,
  encodeClientMessage,
  encodeNpy,
  JOIN_PATH,
  type Scalars,
  type ServerMessage,
  SUCCESS,
  type TensorList,
} from '@fedops/flower';
import { Client, type ClientDuplexStream, credentials, Metadata, type StatusObject } from '@grpc/grpc-js';

const LIMITS = { 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 };

/** A connection that carries streams; Python's clients have one each. */
export function connect(url: string, ca?: string): Client {
  const address = url.replace(/^grpcs?:\/\//, '');
  const security = ca === undefined ? credentials.createInsecure() : credentials.createSsl(Buffer.from(ca));
  return new Client(address, security, { ...LIMITS, 'grpc.use_local_subchannel_pool': 1 });
}

/** One stream, driven by the test. */
export interface FlowerClient {
  /** The next message of the server; rejects with the status when the stream is over. */
  next(): Promise<ServerMessage>;
  say(message: ClientMessage): void;
  sayBytes(bytes: Uint8Array): void;
  /** How the server ended the stream. */
  readonly ended: Promise<StatusObject>;
  cancel(): void;
  halfClose(): void;
}

export function join(connection: Client, names: Readonly<Record<string, string>> = {}): FlowerClient {
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(names)) metadata.set(key, value);
  const call: ClientDuplexStream<Buffer, Buffer> = connection.makeBidiStreamRequest(
    JOIN_PATH,
    (bytes: Buffer) => bytes,
    (bytes: Buffer) => bytes,
    metadata,
  );
  const arrived: ServerMessage[] = [];
  const waiting: { resolve: (message: ServerMessage) => void; reject: (status: StatusObject) => void }[] = [];
  let over: StatusObject | undefined;
  call.on('data', (bytes: Buffer) => {
    const message = decodeServerMessage(bytes);
    const waiter = waiting.shift();
    if (waiter === undefined) arrived.push(message);
    else waiter.resolve(message);
  });
  call.on('error', () => undefined);
  const ended = new Promise<StatusObject>((resolve) => {
    call.on('status', (status: StatusObject) => {
      over = status;
      for (const { reject } of waiting.splice(0)) reject(status);
      resolve(status);
    });
  });
  const sayBytes = (bytes: Uint8Array) => void call.write(Buffer.from(bytes));
  return {
    next: () =>
      new Promise((resolve, reject) => {
        const message = arrived.shift();
        if (message !== undefined) resolve(message);
        else if (over !== undefined) reject(over);
        else waiting.push({ resolve, reject });
      }),
    say: (message) => sayBytes(encodeClientMessage(message)),
    sayBytes,
    ended,
    cancel: () => call.cancel(),
    halfClose: () => call.end(),
  };
}

/** Tensors of float32, each filled with one value. */
export function tensorsOf(value: number, shapes: readonly (readonly number[])[]): TensorList {
  return {
    tensors: shapes.map((shape) => {
      const elements = new Float32Array(shape.reduce((product, size) => product * size, 1)).fill(value);
      return encodeNpy({ dtype: 'float32', shape, bytes: new Uint8Array(elements.buffer) });
    }),
  };
}

const NO_METRICS: Scalars = new Map();

export function fitAnswer(
  parameters: TensorList,
  facts: { readonly numExamples?: bigint; readonly metrics?: Scalars } = {},
): ClientMessage {
  return { kind: 'fit', status: SUCCESS, parameters, numExamples: 1n, metrics: NO_METRICS, ...facts };
}

export function evaluationAnswer(loss: number, metrics = NO_METRICS, numExamples = 1n): ClientMessage {
  return { kind: 'evaluation', status: SUCCESS, loss, numExamples, metrics };
}
