/** A field of this number that has a length. */
export function field(number: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([Uint8Array.of((number << 3) | 2, ...varint(bytes.length)), bytes]);
}

/** The answer to a fit, which has a large tensor and, as field 4 or in its parameters, what else is given. */
export function fitRes(largeBytes: number, tensors: Uint8Array, metrics: Uint8Array): Buffer {
  const parameters = Buffer.concat([field(1, new Uint8Array(largeBytes)), tensors]);
  return field(4, Buffer.concat([field(2, parameters), metrics]));
}

/** So many tensors of no bytes. */
export function emptyTensors(count: number): Buffer {
  return Buffer.alloc(2 * count, Uint8Array.of(0x0a, 0));
}

/** So many metrics, each of another name. */
export function manyMetrics(count: number): Buffer {
  const value = Uint8Array.of(0x68, 1);
  return Buffer.concat(
    Array.from({ length: count }, (_, i) =>
      field(4, Buffer.concat([field(1, Buffer.from(i.toString(36))), field(2, value)])),
    ),
  );
}

export function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}
