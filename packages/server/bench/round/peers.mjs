import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DOOR_SERVER_FLAGS, SERVER_FLAGS } from '../server-flags.mjs';
import { expectedSha256 } from './expected-model.mjs';
import { ownName } from './peer-names.mjs';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const python = (name) => here(`../../../../bench/python/${name}`);

/** glibc keeps freed memory instead of giving it back; 32 MiB is the most that it takes as the first of the two. */
const KEEPS_MEMORY = {
  MALLOC_MMAP_THRESHOLD_: String(32 * 1024 ** 2),
  MALLOC_TRIM_THRESHOLD_: String(16 * 1024 ** 3),
};

/**
 * Fifty of Flower's clients with models of 20 MB need more memory than 24 GiB hold, unless they give freed memory back
 * at once; where there is room they are left as they are.
 */
const GIVES_MEMORY_BACK = {
  MALLOC_ARENA_MAX: '1',
  MALLOC_MMAP_THRESHOLD_: String(1024 ** 2),
  MALLOC_TRIM_THRESHOLD_: String(1024 ** 2),
};
const ROOMY_NUMBERS = 100_000_000;

/**
 * A server to measure with the clients that go with it: how to start both. `server` gets what a cell is made of,
 * `clients` also where the server listens.
 */
export const ours = ({ nodeArguments, interpreter, strategy = 'fedavg' }) => ({
  name: ownName({ door: 'http', strategy }),
  server: ourServer({ door: 'http', strategy, flags: [...SERVER_FLAGS, ...nodeArguments] }),
  clients: ({ url }, { clients, updates: [odd, even] }) => ({
    command: interpreter,
    args: [python('ready_clients.py'), url, 'bench', String(clients), odd.path, even.path],
  }),
});

/** The server's door for Flower's clients, with the clients of a Flower server. */
export const ourDoor = ({ nodeArguments, environment, budgetMebibytes, strategy = 'fedavg' }) => ({
  name: ownName({ door: 'grpc', strategy, budgetMebibytes }),
  server: ourServer({
    door: 'grpc',
    strategy,
    flags: [...DOOR_SERVER_FLAGS, ...nodeArguments],
    budgetMebibytes,
  }),
  clients: flowerClients(environment),
});

export const flower = (environment, malloc) => ({
  name: `flower-${environment.versions.flwr}${malloc === 'tuned' ? '-tuned' : ''}`,
  server: async ({ clients, rounds, updates: [odd, even] }) => {
    const port = await freePort();
    return {
      port,
      command: environment.interpreter,
      args: [
        python('flower_server.py'),
        String(port),
        String(clients),
        String(rounds),
        even.path,
        rounds % 2 === 1 ? odd.path : even.path,
      ],
      env: { FLWR_TELEMETRY_ENABLED: '0', ...(malloc === 'tuned' && KEEPS_MEMORY) },
    };
  },
  clients: flowerClients(environment),
});

function ourServer({ door, strategy, flags, budgetMebibytes }) {
  return ({ directory, clients, parameters, rounds, updates }) => ({
    command: process.execPath,
    args: [
      ...flags,
      here('our-server.mjs'),
      door,
      strategy,
      join(directory, 'data'),
      String(clients),
      String(rounds),
      updates[1].path,
      expectedSha256({ strategy, parameters, rounds, updates }),
      ...(budgetMebibytes === undefined ? [] : [String(budgetMebibytes * 1_024 ** 2)]),
    ],
  });
}

function flowerClients({ interpreter }) {
  return ({ port }, { clients, parameters, updates: [odd, even] }) => ({
    command: interpreter,
    args: [python('flower_clients.py'), String(port), String(clients), odd.path, even.path],
    env: {
      FLWR_TELEMETRY_ENABLED: '0',
      GRPC_ENABLE_FORK_SUPPORT: '0',
      ...(clients * parameters > ROOMY_NUMBERS && GIVES_MEMORY_BACK),
    },
  });
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
