import {
  type ClientMessage,
  decodeClientMessage,
  encodeServerMessage,
  JOIN_PATH,
  type ServerMessage,
} from '@fedops/flower';
import { Server, ServerCredentials, type ServerDuplexStream, type ServiceError } from '@grpc/grpc-js';
import { afterEach } from '@jest/globals';

/** The server's end of one stream, driven by the test. */
export interface ScriptedStream {
  say(message: ServerMessage): void;
  /** Says something and resolves with the client's answer. */
  ask(message: ServerMessage): Promise<ClientMessage>;
  fail(code: number, details: string): void;
  readonly ended: Promise<void>;
}

export interface ScriptedServer {
  readonly port: number;
  readonly address: string;
  /** The next client that comes. */
  stream(): Promise<ScriptedStream>;
}

const running: Server[] = [];

afterEach(() => {
  for (const server of running.splice(0)) server.forceShutdown();
});

const identity = (bytes: Buffer) => bytes;

/** A server that does what the test tells it; gone after the test. */
export async function startScriptedServer(wantedPort = 0): Promise<ScriptedServer> {
  const server = new Server({ 'grpc.max_receive_message_length': -1 });
  running.push(server);
  const come: ScriptedStream[] = [];
  const waiting: ((stream: ScriptedStream) => void)[] = [];
  const method = {
    path: JOIN_PATH,
    requestStream: true,
    responseStream: true,
    requestSerialize: identity,
    requestDeserialize: identity,
    responseSerialize: identity,
    responseDeserialize: identity,
  };
  server.addService(
    { Join: method },
    {
      Join(call: ServerDuplexStream<Buffer, Buffer>) {
        const stream = scripted(call);
        const waiter = waiting.shift();
        if (waiter === undefined) come.push(stream);
        else waiter(stream);
      },
    },
  );
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${wantedPort}`, ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  return {
    port,
    address: `127.0.0.1:${port}`,
    stream: () =>
      new Promise((resolve) => {
        const stream = come.shift();
        if (stream === undefined) waiting.push(resolve);
        else resolve(stream);
      }),
  };
}

function scripted(call: ServerDuplexStream<Buffer, Buffer>): ScriptedStream {
  const answers: ((message: ClientMessage) => void)[] = [];
  call.on('data', (bytes: Buffer) => answers.shift()?.(decodeClientMessage(bytes)));
  const ended = new Promise<void>((resolve) => {
    for (const event of ['end', 'cancelled', 'close'])
      call.on(event, () => {
        resolve();
        call.end();
      });
  });
  const say = (message: ServerMessage) => void call.write(Buffer.from(encodeServerMessage(message)));
  return {
    say,
    ask: (message) =>
      new Promise((resolve) => {
        answers.push(resolve);
        say(message);
      }),
    fail: (code, details) => void call.emit('error', { code, details } as ServiceError),
    ended,
  };
}
