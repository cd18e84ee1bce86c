import { fileURLToPath } from 'node:url';
import type { Environment } from '@fedops/client-api';
import { FedOpsError } from '@fedops/shared-types';
import { type ChildService, startChild } from './child-service.js';
import type { DevDirectory } from './dev-directory.js';
import { CLIENT_IDS, PARTS, SAMPLE_TASK_ID } from './sample-task.js';

export interface ServicesSettings {
  /** Undefined for loopback. */
  readonly host: string | undefined;
  /** Of the server manager. */
  readonly port: number;
  /** Whether its FL servers have a door for Python's Flower clients. */
  readonly flower: boolean;
  readonly env: Environment;
}

/** The processes of a federation on this machine. */
export interface Services {
  /** Of the server manager, once it takes requests. @throws {FedOpsError} with what it could not start. */
  readonly managerUrl: Promise<string>;
  /** Resolves once each client takes requests, and so does its client manager. @throws {FedOpsError} with what one of them could not start. */
  readonly clientsReady: Promise<void>;
  /** Resolves when the first of them has ended, with how. */
  readonly firstEnd: Promise<FedOpsError>;
  /** Clients and their managers first, then the server manager with its FL servers. Safe to call twice. */
  stop(): Promise<void>;
}

const DIGITS_SERVER = fileURLToPath(new URL('../../sample/digits-server.js', import.meta.url));

/** Starts all of them; what fails is told by the promises. */
export function startServices(
  directory: DevDirectory,
  { host, port, flower, env }: ServicesSettings,
): Services {
  const starting: Promise<ChildService>[] = [];
  let stopping: Promise<void> | undefined;
  const start = (name: string, args: readonly string[]): Promise<ChildService> => {
    if (stopping !== undefined)
      return Promise.reject(new FedOpsError('aborted', 'the services are being stopped'));
    const child = startChild({ name, args, cwd: directory.root, env, logFile: directory.log(name) });
    starting.push(child);
    return child;
  };
  const tokens = ['--join-token-file', directory.joinTokenFile];
  const exposed = host === undefined ? [] : ['--host', host, '--server-host', host, '--insecure'];
  const managerOn = (managerPort: number): readonly string[] => [
    ...[
      'manager',
      '--data-dir',
      directory.managerData,
      '--port',
      String(managerPort),
      '--server-ports',
      'any',
    ],
    ...['--admin-token-file', directory.adminTokenFile, ...tokens, ...exposed],
    ...(flower ? ['--flower', '--flower-ports', 'any'] : []),
    ...['--composition', DIGITS_SERVER, '--stop-servers'],
  ];
  const manager = start('server-manager', managerOn(port));
  const managerUrl = manager.then(({ ready }) => ready).then(({ url }) => url);
  let managerLife: 'starting' | 'ready' | 'lost' = 'starting';
  const managerLost = managerUrl.then(async () => {
    managerLife = 'ready';
    await (await manager).ended;
    managerLife = 'lost';
  });
  managerLost.catch(() => {});

  async function startClient(clientId: string, part: number): Promise<void> {
    const client = await start(clientId, [
      ...['client', '--managed', '--manager', await managerUrl, ...tokens],
      ...['--data-dir', directory.client(clientId), '--client-id', clientId, '--name', clientId],
      ...['--task-id', SAMPLE_TASK_ID, '--sample', `digits:${part}/${PARTS}`, '--port', '0'],
    ]);
    await client.ready;
  }

  const clientsReady = Promise.all(CLIENT_IDS.map((clientId, at) => startClient(clientId, at + 1))).then(
    () => {},
  );
  managerUrl.catch(() => {});
  clientsReady.catch(() => {});

  async function stop(): Promise<void> {
    const children = (await Promise.allSettled(starting)).flatMap((one) =>
      one.status === 'fulfilled' ? [one.value] : [],
    );
    const [managers, clients] = [children.filter(isManager), children.filter((child) => !isManager(child))];
    const isLost = managerLife === 'lost';
    await Promise.all(clients.map((child) => child.stop()));
    await Promise.all(managers.map((child) => child.stop()));
    if (isLost) await stopLeftServers();
  }

  /** FL servers outlive a manager that was killed; its successor finds them, and stops them as it goes. */
  async function stopLeftServers(): Promise<void> {
    const [name, log] = ['server-manager', directory.log('server-manager-again')];
    const successor = await startChild({ name, args: managerOn(0), cwd: directory.root, env, logFile: log });
    await successor.ready.catch(() => {});
    await successor.stop();
  }

  return {
    managerUrl,
    clientsReady,
    firstEnd: clientsReady
      .catch(() => {})
      .then(async () => {
        const children = await Promise.all(starting);
        return Promise.race(children.map(({ ended }) => ended));
      }),
    stop: () => (stopping ??= stop()),
  };
}

function isManager({ name }: ChildService): boolean {
  return name === 'server-manager';
}
