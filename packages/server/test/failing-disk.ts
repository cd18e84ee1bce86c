import { type FileSystem, nodeFileSystem } from '../src/index.js';

/** What a disk is asked for: `sync` also of directories, `move` to give a file its name. */
export type DiskOperation = 'read' | 'write' | 'sync' | 'move';

export interface Fault {
  /** Of the paths that it is about. */
  readonly of: RegExp;
  readonly operation: DiskOperation;
  readonly code: 'ENOSPC' | 'EIO';
  /** So many of these operations succeed, and none after them. */
  readonly after: number;
}

export interface FailingDisk extends FileSystem {
  /** From here on operations count. */
  arm(): void;
  /** How many operations there were that could have failed. */
  operations(): number;
}

/** The machine's own disk with a fault. */
export function failingDisk(fault: Fault): FailingDisk {
  let isArmed = false;
  let operations = 0;

  function pass(operation: DiskOperation, path: string): void {
    if (!isArmed || operation !== fault.operation || !fault.of.test(path)) return;
    operations += 1;
    if (operations <= fault.after) return;
    throw Object.assign(new Error(`${fault.code} at ${operation}`), { code: fault.code });
  }

  return {
    ...nodeFileSystem,
    arm() {
      isArmed = true;
    },
    operations: () => operations,
    async open(path, mode) {
      const file = await nodeFileSystem.open(path, mode);
      return {
        ...file,
        async read(into, position) {
          pass('read', path);
          return file.read(into, position);
        },
        async write(bytes) {
          pass('write', path);
          await file.write(bytes);
        },
        async sync() {
          pass('sync', path);
          await file.sync();
        },
      };
    },
    async rename(from, to) {
      pass('move', to);
      await nodeFileSystem.rename(from, to);
    },
    async link(from, to) {
      pass('move', to);
      await nodeFileSystem.link(from, to);
    },
    async syncDirectory(path) {
      pass('sync', path);
      await nodeFileSystem.syncDirectory(path);
    },
  };
}
