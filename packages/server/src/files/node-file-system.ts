import { constants } from 'node:fs';
import { type FileHandle, link, open, readdir, rename, rm, stat, unlink } from 'node:fs/promises';
import { makeDirectory } from '@fedops/http-service';
import type { FileSystem, OpenFile, OpenMode } from './file-system.js';
import { systemCode } from './storage-error.js';

const FLAGS = {
  read: 'r',
  create: 'wx',
  append: 'a+',
  overwrite: constants.O_RDWR | constants.O_CREAT,
} as const;

/** One call of the system reads less than 2 GiB. */
const READ_BYTES = 2 ** 30;

/** The machine's own disk. */
export const nodeFileSystem: FileSystem = {
  open: async (path, mode) => openFile(await open(path, FLAGS[mode], 0o600), mode),
  list: (directory) => readdir(directory),
  makeDirectory,
  rename,
  link,
  async remove(path) {
    try {
      await unlink(path);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
    }
  },
  removeTree: (path) => rm(path, { recursive: true, force: true }),
  async syncDirectory(path) {
    // Windows has no such call: there a rename is as durable as it gets.
    if (process.platform === 'win32') return;
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  modifiedAt: async (path) => (await stat(path)).mtimeMs,
};

function openFile(handle: FileHandle, mode: OpenMode): OpenFile {
  /** Where the next write goes; the system knows the end of the file better when all writes go there. */
  let position = mode === 'append' ? null : 0;

  return {
    async read(into, position) {
      let filled = 0;
      while (filled < into.length) {
        const wanted = Math.min(into.length - filled, READ_BYTES);
        const { bytesRead } = await handle.read(into, filled, wanted, position + filled);
        if (bytesRead === 0) break;
        filled += bytesRead;
      }
      return filled;
    },
    async write(bytes) {
      for (let from = 0; from < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, from, bytes.length - from, position);
        from += bytesWritten;
        if (position !== null) position += bytesWritten;
      }
    },
    rewind() {
      if (position !== null) position = 0;
    },
    sync: () => handle.datasync(),
    async truncate(length) {
      await handle.truncate(length);
      if (position !== null) position = Math.min(position, length);
    },
    size: async () => (await handle.stat()).size,
    close: () => handle.close(),
  };
}
