import { join } from 'node:path';
import { PREFIX_BYTES } from '@fedops/parameters';
import { allOf } from '../all-of.js';
import type { Clock, Timer } from '../clock.js';
import { makeDurableDirectory } from '../files/durable-files.js';
import type { FileSystem, OpenFile } from '../files/file-system.js';
import { storing } from '../files/storage-error.js';
import type { ParametersReader } from '../model/model-store.js';
import { parametersReader } from '../model/parameters-file.js';

/**
 * Where the bytes of the open round's updates lie, as received: one numbered slot each. They are private data: once
 * the round's model is durable the next update is written over them, or else they are cut away soon after. The empty
 * files stay, so that the next round need not make files durable.
 */
export interface Spool {
  /** Takes a free slot for an update; nobody reads it before `keep`. */
  begin(): Promise<SpooledUpload>;
  open(slot: number): Promise<ParametersReader>;
  /** Frees all kept slots but these; what is in them is gone {@link BYTES_STAY_MS} later. */
  retain(slots: Iterable<number>): void;
  /** Cuts away at once what no update holds any more; uploads under way go on. */
  empty(): Promise<void>;
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

/** In short rounds a slot is written over sooner than this, which costs less than to cut it away first. */
export const BYTES_STAY_MS = 1_000;

type SlotState = 'free' | 'uploading' | 'kept' | 'emptying';

export interface SpoolParts {
  readonly files: FileSystem;
  readonly clock: Clock;
  /** Called where bytes could not be cut away; with the next round that is tried again. */
  readonly onLeftOver?: (error: unknown) => void;
}

/**
 * @param kept Slots of a run that goes on after a restart.
 * @throws {FedOpsError} `storage` where the directory cannot be made.
 */
export async function openSpool(
  { files, clock, onLeftOver = () => {} }: SpoolParts,
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
  /** How many bytes a file may hold, of an update or of one before; of a kept slot exactly, where it is here. */
  const bytesIn = new Map<number, number>();
  /** When slots became free that may hold bytes still. */
  const freedAt = new Map<number, number>();
  /** First bytes of updates that came since the spool was opened: whoever reads one asks for them first. */
  const prefixes = new Map<number, Uint8Array>();
  let sweep: Timer | undefined;

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
    for (const slot of slotsThatAre('free')) await cutAway(slot);
  });

  function slotsThatAre(state: SlotState): number[] {
    return [...slots.keys()].filter((slot) => slots[slot] === state);
  }

  async function cutAway(slot: number): Promise<void> {
    const file = await openFile(slot);
    try {
      await file.truncate(0);
      bytesIn.delete(slot);
    } finally {
      await letGo(slot, file);
    }
  }

  /** Empties free slots; those that cannot be emptied are free all the same, and hold their bytes. */
  function emptyAll(littered: readonly number[]): Promise<void> {
    if (isClosed) return emptied;
    for (const slot of littered) {
      setState(slot, 'emptying');
      freedAt.delete(slot);
    }
    const emptying = storing('update spool', async () => {
      await allOf(littered.map((slot) => cutAway(slot).finally(() => free(slot))));
    });
    emptied = Promise.allSettled([emptied, emptying]).then(() => {});
    return emptying;
  }

  function free(slot: number): void {
    setState(slot, 'free');
    if ((bytesIn.get(slot) ?? 0) > 0) freedAt.set(slot, clock.now());
    else freedAt.delete(slot);
  }

  function watchFreed(): void {
    if (isClosed || sweep !== undefined || freedAt.size === 0) return;
    const [oldest] = freedAt.values();
    sweep = clock.after(Math.max(0, oldest! + BYTES_STAY_MS - clock.now()), () => {
      sweep = undefined;
      const due = [...freedAt].filter(([, at]) => clock.now() - at >= BYTES_STAY_MS);
      emptyAll(due.map(([slot]) => slot)).then(watchFreed, onLeftOver);
    });
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
    freedAt.delete(slot);
    prefixes.delete(slot);
    return slot;
  }

  async function openSlot(slot: number): Promise<OpenFile> {
    const file = await openFile(slot);
    try {
      file.rewind();
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
          free(slot);
          throw error;
        }
      }),
    open: (slot) =>
      storing('update spool', async () => {
        const file = await openFile(slot);
        const byteLength = bytesIn.get(slot) ?? (await file.size());
        const reader = parametersReader(file, byteLength, {
          what: pathOf(slot),
          close: () => letGo(slot, file),
        });
        return withPrefix(reader, prefixes.get(slot));
      }),
    retain(kept) {
      const retained = new Set(kept);
      for (const slot of slotsThatAre('kept')) {
        if (retained.has(slot)) continue;
        // Of a run that goes on: how many nobody knows.
        if (!bytesIn.has(slot)) bytesIn.set(slot, Number.POSITIVE_INFINITY);
        free(slot);
      }
      watchFreed();
    },
    async empty() {
      const swept = emptied;
      await allOf([emptyAll([...freedAt.keys()]), swept]);
    },
    async close() {
      isClosed = true;
      sweep?.cancel();
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
          bytesIn.set(slot, Math.max(bytesIn.get(slot) ?? 0, written + bytes.length));
          if (written === 0) prefixes.set(slot, bytes.slice(0, PREFIX_BYTES));
          await file.write(bytes);
          written += bytes.length;
        }),
      keep: () =>
        asking(async () => {
          if ((bytesIn.get(slot) ?? 0) > written) await file.truncate(written);
          await file.sync();
          bytesIn.set(slot, written);
          isOpen = false;
          try {
            await letGo(slot, file);
          } catch (error) {
            free(slot);
            throw error;
          }
          setState(slot, 'kept');
          return slot;
        }),
      discard: () =>
        storing('update spool', async () => {
          await asked;
          if (!isOpen) return;
          isOpen = false;
          try {
            await file.truncate(0);
            bytesIn.delete(slot);
          } finally {
            free(slot);
            await letGo(slot, file);
          }
        }),
    };
  }
}

function withPrefix(reader: ParametersReader, prefix: Uint8Array | undefined): ParametersReader {
  return {
    ...reader,
    async read(offset, into) {
      if (offset !== 0 || prefix === undefined || into.length > prefix.length)
        return reader.read(offset, into);
      into.set(prefix.subarray(0, into.length));
    },
  };
}
