import { basename, dirname } from 'node:path';
import type { FileSystem, OpenFile } from '../src/index.js';

type OpenMode = Parameters<FileSystem['open']>[1];

/** What of the unsynced survives a loss of power. */
export interface Survival {
  /** The bytes of a file: `synced` is what its last sync covered, `written` what the page cache held. */
  bytes(synced: Uint8Array, written: Uint8Array): Uint8Array;
  /** Whether one change of a directory that was not synced, such as a rename, is there. */
  change(): boolean;
}

/** The least that POSIX promises: nothing that was not synced. */
export const SYNCED_ONLY: Survival = { bytes: (synced) => synced, change: () => false };

/** What a killed process leaves: all of it, since the kernel lives on. */
export const EVERYTHING: Survival = { bytes: (_, written) => written, change: () => true };

/**
 * Any part of it: a torn last write, a file that has grown and holds zeros, new bytes over a part of the old ones, a
 * rename without the one before.
 *
 * @param random From 0 up to 1.
 */
export function arbitrary(random: () => number): Survival {
  const upTo = (most: number) => Math.floor(random() * (most + 1));
  return {
    bytes(synced, written) {
      if (random() < 0.2) return random() < 0.5 ? synced : written;
      const length = Math.min(synced.length, written.length) + upTo(Math.abs(synced.length - written.length));
      const survivors = new Uint8Array(length);
      survivors.set(synced.subarray(0, length));
      survivors.set(written.subarray(0, upTo(Math.min(length, written.length))));
      return survivors;
    },
    change: () => random() < 0.5,
  };
}

interface FileNode {
  readonly kind: 'file';
  written: Uint8Array;
  synced: Uint8Array;
  modifiedAt: number;
}

interface DirectoryNode {
  readonly kind: 'directory';
  readonly entries: Map<string, Node>;
  /** As the last sync left them. */
  synced: Map<string, Node>;
  /** Since then, oldest first; each is there whole or not at all. */
  changes: Change[];
}

type Node = FileNode | DirectoryNode;

/** What an operation does to this directory; a rename from one to another has a part in both. */
interface Change {
  readonly operation: Operation;
  readonly entries: Entries;
}

type Entries = readonly (readonly [name: string, node: Node | undefined])[];

/** As in a journal: it is on the disk in all its directories once one of them is synced. */
interface Operation {
  isSynced: boolean;
}

/** A disk in memory that counts its operations and can lose its power. */
export interface LossyFileSystem extends FileSystem {
  /** What was asked of the disk so far, one line each, without what only reads. */
  readonly operations: readonly string[];
  /** This operation, counted from 1, does not happen, and nothing after it. */
  cutPowerAt(operation: number): void;
  /** Resolves when the power is gone. */
  readonly powerCut: Promise<void>;
  isOff(): boolean;
  /** The disk as it is found once the power is back. */
  restored(survival: Survival): LossyFileSystem;
}

/** An empty disk. */
export function lossyFileSystem(): LossyFileSystem {
  return diskOf(emptyDirectory());
}

function diskOf(root: DirectoryNode): LossyFileSystem {
  const operations: string[] = [];
  let cutAt = Number.POSITIVE_INFINITY;
  let isOff = false;
  let powerOff = () => {};
  const powerCut = new Promise<void>((resolve) => {
    powerOff = resolve;
  });

  function assertPower(): void {
    if (isOff) throw systemError('EIO', 'the power is gone');
  }

  /** Every operation that changes the disk passes here first. */
  function operate(what: string): void {
    assertPower();
    operations.push(what);
    if (operations.length < cutAt) return;
    isOff = true;
    powerOff();
    assertPower();
  }

  function find(path: string): Node | undefined {
    let node: Node | undefined = root;
    for (const name of partsOf(path)) {
      node = node?.kind === 'directory' ? node.entries.get(name) : undefined;
    }
    return node;
  }

  function directory(path: string): DirectoryNode {
    const node = find(path);
    if (node === undefined) throw systemError('ENOENT', path);
    if (node.kind === 'file') throw systemError('ENOTDIR', path);
    return node;
  }

  function file(path: string): FileNode {
    const node = find(path);
    if (node === undefined) throw systemError('ENOENT', path);
    if (node.kind === 'directory') throw systemError('EISDIR', path);
    return node;
  }

  function change(parent: DirectoryNode, entries: Entries, operation: Operation = { isSynced: false }): void {
    apply(entries, parent.entries);
    parent.changes.push({ operation, entries });
  }

  function opened(path: string, node: FileNode, mode: OpenMode): OpenFile {
    let position = 0;
    return {
      async read(into, position) {
        assertPower();
        const bytes = node.written.subarray(position, position + into.length);
        into.set(bytes);
        return bytes.length;
      },
      async write(bytes) {
        operate(`write ${bytes.length} ${path}`);
        const from = mode === 'append' ? node.written.length : position;
        position = from + bytes.length;
        const written = new Uint8Array(Math.max(node.written.length, position));
        written.set(node.written);
        written.set(bytes, from);
        node.written = written;
      },
      rewind() {
        position = 0;
      },
      async sync() {
        operate(`sync ${path}`);
        node.synced = node.written;
      },
      async truncate(length) {
        operate(`truncate ${path}`);
        node.written = node.written.subarray(0, length);
        position = Math.min(position, length);
      },
      size: async () => node.written.length,
      close: async () => {},
    };
  }

  return {
    operations,
    powerCut,
    isOff: () => isOff,
    cutPowerAt(operation) {
      cutAt = operation;
    },
    restored: (survival) => diskOf(survivors(root, survival)),

    async open(path, mode) {
      assertPower();
      if (mode === 'read') return opened(path, file(path), mode);
      const there = find(path);
      if (there !== undefined) {
        if (mode === 'create') throw systemError('EEXIST', path);
        return opened(path, file(path), mode);
      }
      operate(`${mode} ${path}`);
      const nothing = new Uint8Array();
      const node: FileNode = { kind: 'file', written: nothing, synced: nothing, modifiedAt: Date.now() };
      change(directory(dirname(path)), [[basename(path), node]]);
      return opened(path, node, mode);
    },
    async list(path) {
      assertPower();
      return [...directory(path).entries.keys()];
    },
    async makeDirectory(path) {
      assertPower();
      let parent = root;
      for (const name of partsOf(path)) {
        if (!parent.entries.has(name)) {
          operate(`makeDirectory ${name} of ${path}`);
          change(parent, [[name, emptyDirectory()]]);
        }
        const next = parent.entries.get(name)!;
        if (next.kind === 'file') throw systemError('ENOTDIR', path);
        parent = next;
      }
    },
    async rename(from, to) {
      operate(`rename ${from} ${to}`);
      const [source, target, node] = [directory(dirname(from)), directory(dirname(to)), file(from)];
      const removal = [basename(from), undefined] as const;
      const addition = [basename(to), node] as const;
      if (source === target) return change(source, [removal, addition]);
      const operation = { isSynced: false };
      change(source, [removal], operation);
      change(target, [addition], operation);
    },
    async link(from, to) {
      operate(`link ${from} ${to}`);
      if (find(to) !== undefined) throw systemError('EEXIST', to);
      change(directory(dirname(to)), [[basename(to), file(from)]]);
    },
    async remove(path) {
      assertPower();
      if (find(path) === undefined) return;
      operate(`remove ${path}`);
      change(directory(dirname(path)), [[basename(path), undefined]]);
    },
    async removeTree(path) {
      assertPower();
      if (find(path) === undefined) return;
      operate(`removeTree ${path}`);
      change(directory(dirname(path)), [[basename(path), undefined]]);
    },
    async syncDirectory(path) {
      operate(`syncDirectory ${path}`);
      const node = directory(path);
      for (const { operation } of node.changes) operation.isSynced = true;
      node.synced = new Map(node.entries);
      node.changes = [];
    },
    async modifiedAt(path) {
      assertPower();
      return file(path).modifiedAt;
    },
  };
}

/** The tree as it is after a loss of power: all of it synced, names of one file still of one file. */
function survivors(root: DirectoryNode, survival: Survival): DirectoryNode {
  const found = new Map<Node, Node>();
  const survived = new Map<Operation, boolean>();

  /** Asked once for each operation, so that both directories of a rename agree. */
  function survives(operation: Operation): boolean {
    const answer = survived.get(operation) ?? (operation.isSynced || survival.change());
    survived.set(operation, answer);
    return answer;
  }

  function survivorOf(node: Node): Node {
    const before = found.get(node);
    if (before !== undefined) return before;
    const after = node.kind === 'file' ? survivingFile(node) : survivingDirectory(node);
    found.set(node, after);
    return after;
  }

  function survivingFile({ synced, written, modifiedAt }: FileNode): FileNode {
    const bytes = survival.bytes(synced, written);
    return { kind: 'file', written: bytes, synced: bytes, modifiedAt };
  }

  function survivingDirectory({ synced, changes }: DirectoryNode): DirectoryNode {
    const entries = new Map(synced);
    for (const change of changes) if (survives(change.operation)) apply(change.entries, entries);
    const surviving = new Map([...entries].map(([name, node]) => [name, survivorOf(node)]));
    return { kind: 'directory', entries: surviving, synced: new Map(surviving), changes: [] };
  }

  return survivingDirectory(root);
}

function apply(changes: Entries, entries: Map<string, Node>): void {
  for (const [name, node] of changes) {
    if (node === undefined) entries.delete(name);
    else entries.set(name, node);
  }
}

function emptyDirectory(): DirectoryNode {
  return { kind: 'directory', entries: new Map(), synced: new Map(), changes: [] };
}

function partsOf(path: string): string[] {
  return path.split(/[/\\]/).filter((part) => part !== '');
}

function systemError(code: string, message: string): Error {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}
