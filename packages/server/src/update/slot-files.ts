import { join } from 'node:path';
import { allOf } from '../all-of.js';
import { makeDurableDirectory } from '../files/durable-files.js';
import type { FileSystem, OpenFile } from '../files/file-system.js';

/** The files of a spool's slots. All throw the system's own errors. */
export interface SlotFiles {
  /** Slots whose files were there when the directory was opened. */
  readonly found: readonly number[];
  pathOf(slot: number): string;
  /** The slot's file, made where it is not there; for whoever has the slot. */
  open(slot: number): Promise<OpenFile>;
  /** The same, to be written over from its start; its name outlives a loss of power. */
  openToWrite(slot: number): Promise<OpenFile>;
  /** Says that nobody needs what `open` gave. */
  letGo(slot: number, file: OpenFile): Promise<void>;
  close(): Promise<void>;
}

/** Files of slots from here on, of rounds with so many clients, are opened anew each time. */
const MOST_HELD = 256;

/** Opens the directory, which is made where it is not there. */
export async function openSlotFiles(files: FileSystem, directory: string): Promise<SlotFiles> {
  const pathOf = (slot: number) => join(directory, `slot-${slot}`);
  /** Files that stay open from round to round: opening one costs more than writing a small update. */
  const held = new Map<number, Promise<OpenFile>>();

  await makeDurableDirectory(files, directory);
  const names = await files.list(directory);
  const found = names.flatMap((name) => /^slot-(\d+)$/.exec(name)?.slice(1).map(Number) ?? []);
  /** Slots whose files outlive a loss of power; for others, the file may not even have been made. */
  const durable = new Set(found);
  // A server that was killed may have made them and not come to this.
  await files.syncDirectory(directory);

  async function open(slot: number): Promise<OpenFile> {
    const opening = held.get(slot) ?? files.open(pathOf(slot), 'overwrite');
    if (slot < MOST_HELD) held.set(slot, opening);
    try {
      return await opening;
    } catch (error) {
      held.delete(slot);
      throw error;
    }
  }

  async function letGo(slot: number, file: OpenFile): Promise<void> {
    if (!held.has(slot)) await file.close();
  }

  return {
    found,
    pathOf,
    open,
    async openToWrite(slot) {
      const file = await open(slot);
      try {
        file.rewind();
        if (!durable.has(slot)) await files.syncDirectory(directory);
        durable.add(slot);
        return file;
      } catch (error) {
        await letGo(slot, file);
        throw error;
      }
    },
    letGo,
    async close() {
      const closing = [...held.values()].map(async (opening) => (await opening).close());
      held.clear();
      await allOf(closing);
    },
  };
}
