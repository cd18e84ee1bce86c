import { create } from '@bufbuild/protobuf';
import { FedOpsError } from '@fedops/shared-types';
import {
  EvaluateInsSchema,
  FitInsSchema,
  GetParametersInsSchema,
  GetPropertiesInsSchema,
  ReconnectInsSchema,
  ServerMessageSchema,
  type ServerMessage as WireServerMessage,
} from '../generated/flower_pb.js';
import type { Scalars } from '../scalar.js';
import { scalarsOfWire, wireScalarsOf } from './scalars-map.js';
import { type TensorList, tensorListOfWire, wireParametersOf } from './tensor-list.js';
import { decode, encode } from './wire.js';

/** What a Flower server tells a client to do. */
export type ServerMessage =
  /** Leave, and come back after so many seconds; 0 for never. */
  | { readonly kind: 'reconnect'; readonly seconds: bigint }
  | { readonly kind: 'get-properties'; readonly config: Scalars }
  | { readonly kind: 'get-parameters'; readonly config: Scalars }
  | { readonly kind: 'fit'; readonly parameters: TensorList; readonly config: Scalars }
  | { readonly kind: 'evaluate'; readonly parameters: TensorList; readonly config: Scalars };

/**
 * The bytes of a `ServerMessage`.
 *
 * @throws {FedOpsError} `invalid-argument` for a value that the wire cannot carry, and for a scalar named
 *   `__proto__`.
 */
export function encodeServerMessage(message: ServerMessage): Uint8Array<ArrayBuffer> {
  return encode(ServerMessageSchema, create(ServerMessageSchema, { msg: wireOf(message) }));
}

/**
 * The `ServerMessage` in these bytes; its tensors are views of them.
 *
 * @throws {FedOpsError} `invalid-argument` for other bytes and for a scalar named `__proto__`, `unsupported` for a message of an unknown kind,
 *   `too-large` for one of more fields
 *   than 4,096 and one for each 32 bytes.
 */
export function decodeServerMessage(bytes: Uint8Array): ServerMessage {
  const { msg } = decode(ServerMessageSchema, bytes);
  switch (msg.case) {
    case undefined:
      throw new FedOpsError('unsupported', 'Flower message: a ServerMessage of no known kind');
    case 'reconnectIns':
      return { kind: 'reconnect', seconds: msg.value.seconds };
    case 'getPropertiesIns':
      return { kind: 'get-properties', config: scalarsOfWire(msg.value.config) };
    case 'getParametersIns':
      return { kind: 'get-parameters', config: scalarsOfWire(msg.value.config) };
    case 'fitIns':
    case 'evaluateIns': {
      const { parameters, config } = msg.value;
      const kind = msg.case === 'fitIns' ? 'fit' : 'evaluate';
      return { kind, parameters: tensorListOfWire(parameters), config: scalarsOfWire(config) };
    }
  }
}

function wireOf(message: ServerMessage): WireServerMessage['msg'] {
  switch (message.kind) {
    case 'reconnect':
      return { case: 'reconnectIns', value: create(ReconnectInsSchema, { seconds: message.seconds }) };
    case 'get-properties': {
      const config = wireScalarsOf(message.config);
      return { case: 'getPropertiesIns', value: create(GetPropertiesInsSchema, { config }) };
    }
    case 'get-parameters': {
      const config = wireScalarsOf(message.config);
      return { case: 'getParametersIns', value: create(GetParametersInsSchema, { config }) };
    }
    case 'fit':
      return { case: 'fitIns', value: create(FitInsSchema, workOf(message)) };
    case 'evaluate':
      return { case: 'evaluateIns', value: create(EvaluateInsSchema, workOf(message)) };
  }
}

function workOf({ parameters, config }: Extract<ServerMessage, { kind: 'fit' | 'evaluate' }>) {
  return { parameters: wireParametersOf(parameters), config: wireScalarsOf(config) };
}
