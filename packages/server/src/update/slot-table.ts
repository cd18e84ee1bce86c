/** Who has which slot of a spool, and what its file may hold: bookkeeping alone, of a disk that others write to. */
export interface SlotTable {
  /** Takes the lowest free slot for an upload: so the files stay as few as uploads ever were at a time. */
  take(): number;
  /** Says that the file may hold so many bytes from its start. */
  mayHold(slot: number, bytes: number): void;
  /** How many bytes the file may hold, of an update or of one before; infinite where nobody knows. */
  bytesIn(slot: number): number;
  /** Says that the slot has an update now. */
  keep(slot: number): void;
  /** The slots that have an update. */
  kept(): number[];
  /** Says that nobody has the slot any more; what its file may hold stays noted. */
  free(slot: number): void;
  /** Free slots whose files may hold bytes, and that became free then or before. */
  littered(freedAt?: number): number[];
  /** When the first of those that are littered became free; undefined where none is. */
  litteredSince(): number | undefined;
  /** Takes slots to cut their bytes away; `free` ends it. */
  takeToEmpty(slots: readonly number[]): void;
}

type SlotState = 'free' | 'uploading' | 'kept' | 'emptying';

interface Slot {
  readonly state: SlotState;
  readonly bytes: number;
  /** When its state became what it is. */
  readonly since: number;
}

/** @param now Milliseconds since the epoch. */
export function createSlotTable(now: () => number): SlotTable {
  const slots: Slot[] = [];

  function enter(slot: number, state: SlotState): void {
    while (slots.length <= slot) slots.push({ state: 'free', bytes: 0, since: now() });
    slots[slot] = { state, bytes: slots[slot]!.bytes, since: now() };
  }

  function those(isMeant: (slot: Slot) => boolean): number[] {
    return [...slots.keys()].filter((slot) => isMeant(slots[slot]!));
  }

  function isLittered({ state, bytes }: Slot): boolean {
    return state === 'free' && bytes > 0;
  }

  return {
    take() {
      const free = slots.findIndex(({ state }) => state === 'free');
      const slot = free === -1 ? slots.length : free;
      enter(slot, 'uploading');
      return slot;
    },
    mayHold(slot, bytes) {
      slots[slot] = { ...slots[slot]!, bytes };
    },
    bytesIn: (slot) => slots[slot]!.bytes,
    keep: (slot) => enter(slot, 'kept'),
    kept: () => those(({ state }) => state === 'kept'),
    free: (slot) => enter(slot, 'free'),
    littered: (freedAt = Number.POSITIVE_INFINITY) =>
      those((slot) => isLittered(slot) && slot.since <= freedAt),
    litteredSince: () =>
      slots
        .filter(isLittered)
        .reduce<number | undefined>((first, { since }) => Math.min(since, first ?? since), undefined),
    takeToEmpty(taken) {
      for (const slot of taken) enter(slot, 'emptying');
    },
  };
}
