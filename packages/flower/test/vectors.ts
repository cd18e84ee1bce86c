import { readFileSync } from 'node:fs';
import type {
  ClientMessage,
  ElementOrder,
  NpyDtype,
  Scalar,
  Scalars,
  ServerMessage,
  TensorList,
} from '../src/index.js';

/** What vectors/make_vectors.py wrote. */
interface VectorFile {
  readonly npy: readonly {
    readonly dtype: NpyDtype;
    readonly shape: readonly number[];
    readonly order: ElementOrder;
    readonly byteOrder: 'little' | 'big';
    readonly elements: string;
    readonly file: string;
  }[];
  readonly scalars: readonly (SpelledScalar & { readonly wire: string })[];
  readonly serverMessages: readonly SpelledMessage[];
  readonly clientMessages: readonly SpelledMessage[];
}

type SpelledScalar = { readonly kind: Scalar['kind']; readonly value: string | number | boolean };

interface SpelledMessage {
  readonly message: Readonly<Record<string, unknown>>;
  readonly wire: string;
}

export const vectors = JSON.parse(
  readFileSync(new URL('./vectors/vectors.json', import.meta.url), 'utf8'),
) as VectorFile;

export function bytesOf(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(hex, 'hex'));
}

export function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

export function readScalar({ kind, value }: SpelledScalar): Scalar {
  switch (kind) {
    case 'int':
      return { kind, value: BigInt(value) };
    case 'bytes':
      return { kind, value: bytesOf(value as string) };
    default:
      return { kind, value } as Scalar;
  }
}

/** A message as the vectors spell it: 64-bit numbers and bytes are text there. */
export function readMessage<M extends ServerMessage | ClientMessage>({ message }: SpelledMessage): M {
  const { tensors, ...facts } = message;
  const read = Object.entries(facts).map(([name, value]) => [name, readField(name, value)]);
  const list: TensorList | undefined =
    tensors === undefined ? undefined : { tensors: (tensors as string[]).map(bytesOf) };
  return { ...Object.fromEntries(read), ...(list !== undefined && { parameters: list }) };
}

function readField(name: string, value: unknown): unknown {
  if (name === 'seconds' || name === 'numExamples') return BigInt(value as string);
  if (name !== 'config' && name !== 'metrics' && name !== 'properties') return value;
  return new Map(
    (value as [string, SpelledScalar][]).map(([key, scalar]) => [key, readScalar(scalar)]),
  ) as Scalars;
}
