import { PREFIX_BYTES } from '@fedops/parameters';
import { allOf } from '../all-of.js';
import type { Clock, Timer } from '../clock.js';
import type { FileSystem, OpenFile } from '../files/file-system.js';
import { storing } from '../files/storage-error.js';
import type { ParametersReader } from '../model/model-store.js';
import { parametersReader } from '../model/parameters-file.js';
import { openSlotFiles } from './slot-files.js';
import { createSlotTable } from './slot-table.js';

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

/** In short rounds a slot is written over sooner than this, which costs less than to cut it away first. */
export const BYTES_STAY_MS = 1_000;

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
  const slots = createSlotTable(clock.now);
  let isClosed = false;
  /** Settles when everything that was to be emptied is. */
  let emptied = Promise.resolve();
  /** First bytes of updates that came since the spool was opened: whoever reads one asks for them first. */
  const prefixes = new Map<number, Uint8Array>();
  let sweep: Timer | undefined;

  const slotFiles = await storing('update spool', () => openSlotFiles(files, directory));
  // Of a run that goes on, or that was killed: how many bytes they hold nobody knows.
  const keptSlots = [...kept];
  for (const slot of [...slotFiles.found, ...keptSlots]) {
    slots.free(slot);
    slots.mayHold(slot, Number.POSITIVE_INFINITY);
  }
  for (const slot of keptSlots) slots.keep(slot);
  // What a killed server was receiving belongs to nobody.
  await emptyAll(slots.littered());

  async function cutAway(slot: number): Promise<void> {
    const file = await slotFiles.open(slot);
    try {
      await file.truncate(0);
      slots.mayHold(slot, 0);
    } finally {
      await slotFiles.letGo(slot, file);
    }
  }

  /** Empties free slots; those that cannot be emptied are free all the same, and hold their bytes. */
  function emptyAll(littered: readonly number[]): Promise<void> {
    if (isClosed) return emptied;
    slots.takeToEmpty(littered);
    const emptying = storing('update spool', async () => {
      const failures: unknown[] = [];
      // One after another: of thousands of slots not all may be open at once.
      for (const slot of littered) {
        await cutAway(slot)
          .catch((error: unknown) => failures.push(error))
          .finally(() => slots.free(slot));
      }
      if (failures.length > 0) throw failures[0];
    });
    emptied = Promise.allSettled([emptied, emptying]).then(() => {});
    return emptying;
  }

  function watchLittered(): void {
    const since = slots.litteredSince();
    if (isClosed || sweep !== undefined || since === undefined) return;
    sweep = clock.after(Math.max(0, since + BYTES_STAY_MS - clock.now()), () => {
      sweep = undefined;
      emptyAll(slots.littered(clock.now() - BYTES_STAY_MS)).then(watchLittered, onLeftOver);
    });
  }

  return {
    begin: () =>
      storing('update spool', async () => {
        const slot = slots.take();
        prefixes.delete(slot);
        try {
          return uploadInto(slot, await slotFiles.openToWrite(slot));
        } catch (error) {
          slots.free(slot);
          throw error;
        }
      }),
    open: (slot) =>
      storing('update spool', async () => {
        const file = await slotFiles.open(slot);
        const bytes = slots.bytesIn(slot);
        const byteLength = Number.isFinite(bytes) ? bytes : await file.size();
        const [what, close] = [slotFiles.pathOf(slot), () => slotFiles.letGo(slot, file)];
        return withPrefix(parametersReader(file, byteLength, { what, close }), prefixes.get(slot));
      }),
    retain(kept) {
      const retained = new Set(kept);
      for (const slot of slots.kept()) if (!retained.has(slot)) slots.free(slot);
      watchLittered();
    },
    async empty() {
      const swept = emptied;
      await allOf([emptyAll(slots.littered()), swept]);
    },
    async close() {
      isClosed = true;
      sweep?.cancel();
      await emptied;
      await storing('update spool', () => slotFiles.close());
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
          slots.mayHold(slot, Math.max(slots.bytesIn(slot), written + bytes.length));
          if (written === 0) prefixes.set(slot, bytes.slice(0, PREFIX_BYTES));
          await file.write(bytes);
          written += bytes.length;
        }),
      keep: () =>
        asking(async () => {
          if (slots.bytesIn(slot) > written) await file.truncate(written);
          await file.sync();
          slots.mayHold(slot, written);
          isOpen = false;
          try {
            await slotFiles.letGo(slot, file);
          } catch (error) {
            slots.free(slot);
            throw error;
          }
          slots.keep(slot);
          return slot;
        }),
      discard: () =>
        storing('update spool', async () => {
          await asked;
          if (!isOpen) return;
          isOpen = false;
          try {
            await file.truncate(0);
            slots.mayHold(slot, 0);
          } finally {
            slots.free(slot);
            await slotFiles.letGo(slot, file);
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
