import {
  assertSameSignature,
  type Layout,
  layoutOf,
  nonFiniteError,
  PREFIX_BYTES,
  readPrefix,
  readSignature,
} from '@fedops/parameters';
import { type Dtype, FedOpsError, type Signature } from '@fedops/shared-types';
import { createFloatScan, type FloatScan } from './float-scan.js';

/** Looks at an update's bytes as they pass: its signature first, then every element. */
export interface UpdateInspector {
  /**
   * @throws {FedOpsError} `shape-mismatch` for another signature, naming the first tensor that differs;
   *   `invalid-argument` for bytes that are no parameters, or hold a NaN, an infinity or a bool that is neither 0 nor 1; `unsupported`, `too-large`.
   */
  push(chunk: Uint8Array): void;
  /**
   * What was learnt, once all bytes have passed.
   *
   * @throws {FedOpsError} `invalid-argument` where bytes are missing.
   */
  finish(): InspectedUpdate;
}

/** What the bytes of an update told. */
export interface InspectedUpdate {
  /** Euclidean norm over all floating-point tensors. */
  readonly l2Norm: number;
}

/** @param signature What the update must look like. */
export function createUpdateInspector(signature: Signature): UpdateInspector {
  let header = new Uint8Array(0);
  let data: DataScan | undefined;

  /** Gathers the header; returns what of the chunk lies behind it. */
  function takeHeader(chunk: Uint8Array): Uint8Array {
    const sofar = header.length === 0 ? chunk : Buffer.concat([header, chunk]);
    const dataOffset = sofar.length < PREFIX_BYTES ? Number.POSITIVE_INFINITY : readPrefix(sofar).dataOffset;
    if (sofar.length < dataOffset) {
      header = Uint8Array.from(sofar);
      return chunk.subarray(chunk.length);
    }
    assertSameSignature(readSignature(sofar), signature);
    data = createDataScan(signature, dataOffset);
    return sofar.subarray(dataOffset);
  }

  return {
    push(chunk) {
      const rest = data === undefined ? takeHeader(chunk) : chunk;
      if (rest.length > 0) data!.push(rest);
    },
    finish() {
      if (data === undefined) throw cutOff(header.length);
      return data.finish();
    },
  };
}

interface DataScan {
  push(bytes: Uint8Array): void;
  finish(): InspectedUpdate;
}

function createDataScan(signature: Signature, dataOffset: number): DataScan {
  const layout = layoutOf(signature);
  let at = 0;
  let tensor = 0;
  let scan: FloatScan | undefined;
  let squares = 0;

  function endTensor(): void {
    squares += scan?.sumOfSquares() ?? 0;
    scan = undefined;
    tensor++;
  }

  /** Takes bytes up to the end of the tensor, or of the gap before it; returns how many. */
  function take(bytes: Uint8Array): number {
    const { offset, byteLength } = layout.places[tensor]!;
    if (at < offset) return Math.min(bytes.length, offset - at);
    const taken = Math.min(bytes.length, offset + byteLength - at);
    const { name, dtype } = signature[tensor]!;
    if (isFloat(dtype)) {
      scan ??= createFloatScan(dtype, (index, value) => {
        throw nonFiniteError(name, index, value);
      });
      scan.push(bytes.subarray(0, taken));
    } else if (dtype === 'bool') {
      assertBools(name, bytes.subarray(0, taken), at - offset);
    }
    return taken;
  }

  return {
    push(bytes) {
      let rest = bytes;
      while (rest.length > 0) {
        skipEmptyTensors(layout);
        if (tensor === layout.places.length) throw tooLong(dataOffset + layout.byteLength);
        const taken = take(rest);
        at += taken;
        rest = rest.subarray(taken);
        const { offset, byteLength } = layout.places[tensor]!;
        if (at === offset + byteLength) endTensor();
      }
    },
    finish() {
      if (at !== layout.byteLength) throw cutOff(dataOffset + at, dataOffset + layout.byteLength);
      // Squares of float64 may overflow although the elements are finite; JSON knows no infinity.
      return { l2Norm: Math.min(Math.sqrt(squares), Number.MAX_VALUE) };
    },
  };

  function skipEmptyTensors({ places }: Layout): void {
    while (tensor < places.length && places[tensor]!.byteLength === 0) endTensor();
  }
}

function isFloat(dtype: Dtype): dtype is 'float32' | 'float64' {
  return dtype === 'float32' || dtype === 'float64';
}

/** @param first Index of the first of these elements in its tensor. */
function assertBools(name: string, bytes: Uint8Array, first: number): void {
  const wrong = bytes.findIndex((byte) => byte > 1);
  if (wrong === -1) return;
  const index = first + wrong;
  throw new FedOpsError(
    'invalid-argument',
    `tensor ${name}: expected 0 or 1, got ${bytes[wrong]} at element ${index}`,
    {
      details: { tensor: name, index },
    },
  );
}

function cutOff(got: number, expected?: number): FedOpsError {
  const wanted = expected === undefined ? 'a signature and its tensors' : `${expected} bytes`;
  return new FedOpsError('invalid-argument', `update: expected ${wanted}, got ${got} bytes`);
}

function tooLong(expected: number): FedOpsError {
  return new FedOpsError('invalid-argument', `update: expected ${expected} bytes, got more`);
}
