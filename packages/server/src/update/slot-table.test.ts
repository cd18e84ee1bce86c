import { expect, it } from '@jest/globals';
import { createSlotTable } from './slot-table.js';

/** A table whose time is what the test says. */
function tableAt() {
  const time = { now: 0 };
  return { time, slots: createSlotTable(() => time.now) };
}

it('gives the lowest slot that nobody has', () => {
  const { slots } = tableAt();
  expect([slots.take(), slots.take(), slots.take()]).toEqual([0, 1, 2]);
  slots.keep(0);
  slots.free(1);
  slots.free(2);
  expect([slots.take(), slots.take(), slots.take()]).toEqual([1, 2, 3]);
  expect(slots.kept()).toEqual([0]);
});

it('knows which free slots may hold bytes, and since when', () => {
  const { time, slots } = tableAt();
  for (const bytes of [10, 20, 0]) slots.mayHold(slots.take(), bytes);
  expect([slots.littered(), slots.litteredSince()]).toEqual([[], undefined]);
  time.now = 5;
  slots.free(1);
  slots.free(2);
  time.now = 7;
  slots.free(0);
  expect([slots.littered(), slots.littered(6), slots.litteredSince()]).toEqual([[0, 1], [1], 5]);
  expect([slots.take(), slots.littered()]).toEqual([0, [1]]);
});

it('gives nobody a slot that is being emptied, and counts it among the littered again only where bytes are left', () => {
  const { slots } = tableAt();
  for (const slot of [slots.take(), slots.take()]) {
    slots.mayHold(slot, 10);
    slots.free(slot);
  }
  slots.takeToEmpty(slots.littered());
  expect([slots.littered(), slots.take()]).toEqual([[], 2]);
  slots.mayHold(0, 0);
  slots.free(0);
  slots.free(1);
  expect([slots.littered(), slots.bytesIn(1)]).toEqual([[1], 10]);
});
