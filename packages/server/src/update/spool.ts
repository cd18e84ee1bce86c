import { join } from 'node:path';
import { allOf } from '../all-of.js';
import { makeDurableDirectory } from '../files/durable-files.js';
import type { FileSystem, OpenFile } from '../files/file-system.js';
import { storing } from '../files/storage-error.js';
import type { ParametersReader } from '../model/model-store.js';
import { parametersReader } from '../model/parameters-file.js';

/**
 * Where the bytes of the open round's updates lie, as received: one numbered slot each. They are private data, and
 * go when the round's model is durable; the empty files stay, so that the next round need not make files durable.
 */
export interface Spool {
  /** Takes a free slot for an update; nobody reads it before `keep`. */
  begin(): Promise<SpooledUpload>;
  open(slot: number): Promise<ParametersReader>;
  /** Empties all kept slots but these; uploads under way go on. */
  retain(slots: Iterable<number>): Promise<void>;
  /** Resolves when nothing touches the directory any more; from then on nothing is emptied. */
  close(): Promise<void>;
}

/** An update that is coming in; nobody sees it before `keep`. */
export interface SpooledUpload {
  append(bytes: Uint8Array): Promise<void>;
  /** Makes it an update of the round, durably; returns its slot. */
  keep(): Promise<number>;
  /** Frees the slot; does nothing after `keep`. */
  discard(): Promise<void>;
}

/** Slots from here on, of rounds with so many clients, are opened anew each time. */
const MOST_HELD = 256;

type SlotState = 'free' | 'uploading' | 'kept' | 'emptying';

/**
 * @param kept Slots of a run that goes on after a restart.
 * @throws {FedOpsError} `storage` where the directory cannot be made.
 */
export async function openSpool(
  files: FileSystem,
  directory: string,
  kept: Iterable<number> = [],
): Promise<Spool> {
  const pathOf = (slot: number) => join(directory, `slot-${slot}`);
  const slots: SlotState[] = [];
  let isClosed = false;
  /** Settles when everything that was to be emptied is. */
  let emptied = Promise.resolve();
  /** Slots whose files outlive a loss of power; for others, the file may not even have been made. */
  const durable = new Set<number>();
  /** Files that stay open from round to round: opening one costs more than writing a small update. */
  const held = new Map<number, Promise<OpenFile>>();
  /** Of the updates that came since the spool was opened, in bytes. */
  const lengths = new Map<number, number>();
  /** Free slots whose bytes could not be cut away. */
  const littered = new Set<number>();

  await storing('update spool', async () => {
    await makeDurableDirectory(files, directory);
    for (const name of await files.list(directory)) {
      const slot = Number(/^slot-(\d+)$/.exec(name)?.[1] ?? -1);
      if (slot < 0) continue;
      setState(slot, 'free');
      durable.add(slot);
    }
    // A server that was killed may have made them and not come to this.
    await files.syncDirectory(directory);
    for (const slot of kept) setState(slot, 'kept');
    // What a killed server was receiving belongs to nobody.
    for (const slot of slotsThatAre('free')) await empty(slot);
  });

  function slotsThatAre(state: SlotState): number[] {
    return [...slots.keys()].filter((slot) => slots[slot] === state);
  }

  async function empty(slot: number): Promise<void> {
    const file = await openFile(slot);
    try {
      await file.truncate(0);
    } finally {
      await letGo(slot, file);
    }
  }

  /** Frees a slot, also where its bytes cannot be cut away: whoever takes it does that first. */
  async function free(slot: number): Promise<void> {
    littered.add(slot);
    try {
      await empty(slot);
      littered.delete(slot);
    } finally {
      setState(slot, 'free');
    }
  }

  async function openFile(slot: number): Promise<OpenFile> {
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

  function setState(slot: number, state: SlotState): void {
    while (slots.length <= slot) slots.push('free');
    slots[slot] = state;
  }

  /** The lowest free slot: so the files stay as few as uploads ever were at a time. */
  function takeSlot(): number {
    const free = slots.indexOf('free');
    const slot = free === -1 ? slots.length : free;
    setState(slot, 'uploading');
    return slot;
  }

  async function openSlot(slot: number): Promise<OpenFile> {
    const file = await openFile(slot);
    try {
      if (littered.has(slot)) await file.truncate(0);
      littered.delete(slot);
      if (!durable.has(slot)) await files.syncDirectory(directory);
      durable.add(slot);
      return file;
    } catch (error) {
      await letGo(slot, file);
      throw error;
    }
  }

  return {
    begin: () =>
      storing('update spool', async () => {
        const slot = takeSlot();
        try {
          return uploadInto(slot, await openSlot(slot));
        } catch (error) {
          setState(slot, 'free');
          throw error;
        }
      }),
    open: (slot) =>
      storing('update spool', async () => {
        const file = await openFile(slot);
        const byteLength = lengths.get(slot) ?? (await file.size());
        return parametersReader(file, byteLength, { what: pathOf(slot), close: () => letGo(slot, file) });
      }),
    retain(kept) {
      if (isClosed) return emptied;
      const retained = new Set(kept);
      const outdated = slotsThatAre('kept').filter((slot) => !retained.has(slot));
      for (const slot of outdated) setState(slot, 'emptying');
      const emptying = storing('update spool', async () => {
        await allOf(outdated.map(free));
      });
      emptied = Promise.allSettled([emptied, emptying]).then(() => {});
      return emptying;
    },
    async close() {
      isClosed = true;
      await emptied;
      const closing = [...held.values()].map(async (opening) => (await opening).close());
      held.clear();
      await storing('update spool', () => allOf(closing));
    },
  };

  function uploadInto(slot: number, file: OpenFile): SpooledUpload {
    let isOpen = true;
    let written = 0;
    /** Settles when what was asked of the disk is done: nothing may reach a slot that somebody else has by then. */
    let asked: Promise<unknown> = Promise.resolve();
    function asking<T>(work: () => Promise<T>): Promise<T> {
      const result = storing('update spool', work);
      asked = result.catch(() => {});
      return result;
    }
    return {
      append: (bytes) =>
        asking(async () => {
          await file.write(bytes);
          written += bytes.length;
        }),
      keep: () =>
        asking(async () => {
          await file.sync();
          isOpen = false;
          try {
            await letGo(slot, file);
          } catch (error) {
            littered.add(slot);
            setState(slot, 'free');
            throw error;
          }
          lengths.set(slot, written);
          setState(slot, 'kept');
          return slot;
        }),
      discard: () =>
        storing('update spool', async () => {
          await asked;
          if (!isOpen) return;
          isOpen = false;
          littered.add(slot);
          try {
            await file.truncate(0);
            littered.delete(slot);
          } finally {
            setState(slot, 'free');
            await letGo(slot, file);
          }
        }),
    };
  }
}
