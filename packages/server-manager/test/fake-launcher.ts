import type { RunId, RunView } from '@fedops/shared-types';
import { deferred } from '../src/deferred.js';
import type {
  EndedServer,
  LaunchedServer,
  Launcher,
  ServerOrder,
  ServerReady,
} from '../src/launcher/launcher.js';
import type { ServerEnd } from '../src/runs/run-state.js';

/** An FL server that does what the test says. */
export interface FakeServer {
  readonly order: ServerOrder | undefined;
  ready(port?: number): void;
  end(end: ServerEnd, view?: RunView): void;
  goes(): void;
  /** No process ever took the order. */
  neverBegan(): void;
  /** What it was told. */
  readonly told: readonly ('stop' | 'kill' | 'let-go')[];
}

export interface FakeLauncher extends Launcher {
  /** The FL server that was last launched or found for a run. */
  server(runId: string): FakeServer;
  readonly launched: readonly ServerOrder[];
  readonly found: readonly string[];
  readonly discarded: readonly string[];
  readonly forgotten: readonly string[];
}

export function fakeLauncher(): FakeLauncher {
  const servers = new Map<RunId, FakeServer>();
  const launched: ServerOrder[] = [];
  const found: string[] = [];
  const discarded: string[] = [];
  const forgotten: string[] = [];

  function add(runId: RunId, order: ServerOrder | undefined): LaunchedServer {
    const ready = deferred<ServerReady>();
    const ended = deferred<EndedServer>();
    const gone = deferred<void>();
    const told: FakeServer['told'][number][] = [];
    servers.set(runId, {
      order,
      told,
      ready: (port = order?.port || 40_999) =>
        ready.resolve({
          url: `http://127.0.0.1:${port}`,
          port,
          pid: 4_242,
          // One that the system chose, where it may.
          ...(order?.flowerPort != null && { flowerPort: order.flowerPort || 40_998 }),
        }),
      end: (end, view) => ended.resolve({ end, view }),
      neverBegan() {
        const end = { kind: 'crashed', message: 'it never began' } as const;
        ended.resolve({ end, view: undefined, neverBegan: true });
        gone.resolve();
      },
      goes() {
        ended.resolve({ end: { kind: 'crashed', message: 'it went' }, view: undefined });
        gone.resolve();
      },
    });
    return {
      ready: ready.promise,
      ended: ended.promise,
      gone: gone.promise,
      stop: () => void told.push('stop'),
      kill: () => void told.push('kill'),
      letGo: () => void told.push('let-go'),
    };
  }

  return {
    launched,
    found,
    discarded,
    forgotten,
    forget: async ({ runId }) => void forgotten.push(runId),
    discard: async ({ runId }) => void discarded.push(runId),
    launch(order) {
      launched.push(order);
      return add(order.runId, order);
    },
    find({ runId }) {
      found.push(runId);
      return add(runId, undefined);
    },
    log: async ({ runId }) => `{"msg":"log of ${runId}"}\n`,
    server(runId) {
      const server = servers.get(runId as RunId);
      if (server === undefined) throw new Error(`no FL server of run ${runId}`);
      return server;
    },
  };
}
