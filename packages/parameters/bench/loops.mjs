// The loops over every element, in WebAssembly and in plain TypeScript: gigabytes of payload per CPU second, in tiles of
// 64 KiB, the best of three. docs/benchmarks.md, "The loops over every element".
import { capacityFor, createFloatKernel, createPlainKernel } from '@fedops/parameters';

const TILE_BYTES = 64 * 1024;
const LENGTH = TILE_BYTES / 4;
const TRY_MS = 300;

const kernels = { 'plain TypeScript': createPlainKernel, WebAssembly: createFloatKernel };
const rows = {};
for (const [name, create] of Object.entries(kernels)) {
  for (const clients of [10, 50]) {
    put(
      `weighted mean of ${clients} updates`,
      name,
      bestOf(() => meanOf(create, clients)),
    );
  }
  put(
    'sum of squares',
    name,
    bestOf(() => squaresWith(create)),
  );
}
console.table(rows);

function put(row, column, gigabytes) {
  rows[row] = { ...rows[row], [column]: Number(gigabytes.toPrecision(3)) };
}

function bestOf(measure) {
  return Math.max(...Array.from({ length: 3 }, measure));
}

function meanOf(create, clients) {
  const kernel = create(capacityFor([...Array(clients + 1).fill(TILE_BYTES), clients * 8, 2 * TILE_BYTES]));
  const slices = Array.from({ length: clients }, (_, k) => floats(kernel).fill(k + 0.5));
  const output = floats(kernel);
  const weights = doubles(kernel, clients).fill(3);
  const sums = doubles(kernel, LENGTH);
  return gigabytesASecond(clients * TILE_BYTES, () => {
    sums.fill(0);
    kernel.addWeighted(slices, weights, sums);
    kernel.divide(sums, 3 * clients, output);
  });
}

function squaresWith(create) {
  const kernel = create(capacityFor([TILE_BYTES, 32]));
  const values = floats(kernel).fill(0.5);
  const partials = doubles(kernel, 4);
  return gigabytesASecond(TILE_BYTES, () => kernel.addSquares(values, partials));
}

function floats(kernel) {
  const { buffer, byteOffset } = kernel.allocate(TILE_BYTES);
  return new Float32Array(buffer, byteOffset, LENGTH);
}

function doubles(kernel, length) {
  const { buffer, byteOffset } = kernel.allocate(length * 8);
  return new Float64Array(buffer, byteOffset, length);
}

/** Runs it for a while; the first runs, before it is compiled, do not count. */
function gigabytesASecond(bytes, run) {
  for (let i = 0; i < 200; i++) run();
  const end = performance.now() + TRY_MS;
  const before = process.cpuUsage();
  let runs = 0;
  while (performance.now() < end) {
    for (let i = 0; i < 20; i++) run();
    runs += 20;
  }
  const { user, system } = process.cpuUsage(before);
  return (bytes * runs) / 1e9 / ((user + system) / 1e6);
}
