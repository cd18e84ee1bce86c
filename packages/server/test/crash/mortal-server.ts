import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

export interface Published {
  readonly version: number;
  readonly digest: string;
}

/** A server process, warm and waiting for its order. */
export interface MortalServer {
  /** @param killAt The boundary of a disk operation, counted from 1, at which it dies; 0 for none. */
  start(order: { readonly dataDir: string; readonly port: number; readonly killAt: number }): void;
  /** Resolves once clients can come in; never settles where it dies before. */
  readonly listening: Promise<void>;
  /** Rejects where the server says that it cannot go on; never settles where it dies. */
  readonly published: Promise<Published>;
  readonly exited: Promise<void>;
  /** Boundaries that it passed, once it has closed. */
  boundaries(): number | undefined;
  wasKilled(): boolean;
  kill(): void;
}

type Message =
  | { readonly kind: 'ready' }
  | { readonly kind: 'listening' }
  | ({ readonly kind: 'published' } & Published)
  | { readonly kind: 'closed'; readonly boundaries: number }
  | { readonly kind: 'failed'; readonly message: string };

/** Starts a process of the built package; resolves when it waits for its order. */
export async function warmServer(): Promise<MortalServer> {
  const child: ChildProcess = fork(fileURLToPath(new URL('server-that-dies.mjs', import.meta.url)), {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  let boundaries: number | undefined;
  // 'close' and not 'exit': by then, all of its messages are here.
  const exited = once(child, 'close').then(() => undefined);
  const listening = new Promise<void>((resolve) => {
    child.on('message', ({ kind }: Message) => {
      if (kind === 'listening') resolve();
    });
  });
  const published = new Promise<Published>((resolve, reject) => {
    child.on('message', (message: Message) => {
      if (message.kind === 'published') resolve(message);
      if (message.kind === 'failed') reject(new Error(`the server failed: ${message.message}`));
      if (message.kind === 'closed') boundaries = message.boundaries;
    });
  });
  published.catch(() => {});
  await once(child, 'message');
  return {
    start: (order) => child.send(order, () => {}),
    listening,
    published,
    exited,
    boundaries: () => boundaries,
    wasKilled: () => child.signalCode === 'SIGKILL',
    kill: () => child.kill('SIGKILL'),
  };
}
