import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import { type Child, startChild } from '../processes/child.js';
import type { ChildMessage } from '../processes/messages.js';

/** The processes of a demo. */
export interface Children {
  start(process: ProcessToStart): Promise<Child>;
  /** Stops those that were started: client apps, then their managers, then the server manager; safe to call twice. */
  stopAll(): Promise<void>;
  /** Ends them at once. */
  killAll(): void;
}

export interface ProcessToStart {
  readonly kind: 'server-manager' | 'client-manager' | 'client';
  readonly name: string;
  readonly settings: object;
  readonly onMessage?: (message: ChildMessage) => void;
}

/** Those who leave tell those who are asked to stop later. */
const STOPPING_ORDER = ['client', 'client-manager', 'server-manager'] as const;

/** @throws {FedOpsError} `storage` where `logsDir` cannot be made. */
export async function createChildren(logsDir: string): Promise<Children> {
  await makePrivateDirectory(logsDir);
  const started: { readonly kind: ProcessToStart['kind']; readonly child: Child }[] = [];

  return {
    async start({ kind, name, settings, onMessage = () => {} }) {
      const child = await startChild({
        name,
        module: new URL(`../processes/${kind}.js`, import.meta.url),
        settings,
        logFile: join(logsDir, `${name}.log`),
        onMessage,
      });
      started.push({ kind, child });
      return child;
    },
    async stopAll() {
      for (const kind of STOPPING_ORDER) {
        await Promise.all(started.filter((one) => one.kind === kind).map(({ child }) => child.stop()));
      }
    },
    killAll() {
      for (const { child } of started) child.kill();
    },
  };
}

async function makePrivateDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new FedOpsError('storage', `cannot make ${path}: ${FedOpsError.from(cause).message}`, { cause });
  }
}
