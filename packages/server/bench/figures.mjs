/** The middle value; of an even number the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** A number with so many significant digits, and no more. */
export function digits(value, count) {
  return Number(value.toPrecision(count)).toLocaleString('en', {
    maximumFractionDigits: 6,
    useGrouping: true,
  });
}

/** `5.3×` */
export function times(value) {
  return `${digits(value, 2)}×`;
}
