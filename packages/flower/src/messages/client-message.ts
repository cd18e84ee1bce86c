import { create } from '@bufbuild/protobuf';
import { FedOpsError } from '@fedops/shared-types';
import {
  ClientMessageSchema,
  DisconnectResSchema,
  EvaluateResSchema,
  FitResSchema,
  GetParametersResSchema,
  GetPropertiesResSchema,
  type ClientMessage as WireClientMessage,
} from '../generated/flower_pb.js';
import type { Scalars } from '../scalar.js';
import { scalarsOfWire, wireScalarsOf } from './scalars-map.js';
import { type Status, statusOfWire, wireStatusOf } from './status.js';
import { type TensorList, tensorListOfWire, wireParametersOf } from './tensor-list.js';
import { decode, encode } from './wire.js';

/** Why a client leaves. */
export type DisconnectReason =
  | 'unknown'
  | 'reconnect'
  | 'power-disconnected'
  | 'wifi-unavailable'
  | 'acknowledged';

/** What a Flower client answers. */
export type ClientMessage =
  | { readonly kind: 'disconnect'; readonly reason: DisconnectReason }
  | { readonly kind: 'properties'; readonly status: Status; readonly properties: Scalars }
  | { readonly kind: 'parameters'; readonly status: Status; readonly parameters: TensorList }
  | {
      readonly kind: 'fit';
      readonly status: Status;
      readonly parameters: TensorList;
      readonly numExamples: bigint;
      readonly metrics: Scalars;
    }
  | {
      readonly kind: 'evaluation';
      readonly status: Status;
      /** A float32 on the wire. */
      readonly loss: number;
      readonly numExamples: bigint;
      readonly metrics: Scalars;
    };

/** In the order of their numbers on the wire. */
const REASONS: readonly DisconnectReason[] = [
  'unknown',
  'reconnect',
  'power-disconnected',
  'wifi-unavailable',
  'acknowledged',
];

/**
 * The bytes of a `ClientMessage`.
 *
 * @throws {FedOpsError} `invalid-argument` for a value that the wire cannot carry, and for a scalar named
 *   `__proto__`.
 */
export function encodeClientMessage(message: ClientMessage): Uint8Array<ArrayBuffer> {
  return encode(ClientMessageSchema, create(ClientMessageSchema, { msg: wireOf(message) }));
}

/**
 * The `ClientMessage` in these bytes; its tensors are views of them. What a peer leaves out has its default: status
 * ok, no tensors, zero.
 *
 * @throws {FedOpsError} `invalid-argument` for other bytes and for a scalar named `__proto__`, `unsupported` for a message of an unknown kind or with
 *   an unknown status, `too-large` for one of more fields
 *   than 4,096 and one for each 32 bytes.
 */
export function decodeClientMessage(bytes: Uint8Array): ClientMessage {
  const { msg } = decode(ClientMessageSchema, bytes);
  switch (msg.case) {
    case undefined:
      throw new FedOpsError('unsupported', 'Flower message: a ClientMessage of no known kind');
    case 'disconnectRes':
      return { kind: 'disconnect', reason: REASONS[msg.value.reason] ?? 'unknown' };
    case 'getPropertiesRes': {
      const { status, properties } = msg.value;
      return { kind: 'properties', status: statusOfWire(status), properties: scalarsOfWire(properties) };
    }
    case 'getParametersRes': {
      const { status, parameters } = msg.value;
      return { kind: 'parameters', status: statusOfWire(status), parameters: tensorListOfWire(parameters) };
    }
    case 'fitRes': {
      const { status, parameters, numExamples, metrics } = msg.value;
      return {
        kind: 'fit',
        status: statusOfWire(status),
        parameters: tensorListOfWire(parameters),
        numExamples,
        metrics: scalarsOfWire(metrics),
      };
    }
    case 'evaluateRes': {
      const { status, loss, numExamples, metrics } = msg.value;
      return {
        kind: 'evaluation',
        status: statusOfWire(status),
        loss,
        numExamples,
        metrics: scalarsOfWire(metrics),
      };
    }
  }
}

function wireOf(message: ClientMessage): WireClientMessage['msg'] {
  switch (message.kind) {
    case 'disconnect': {
      const reason = REASONS.indexOf(message.reason);
      return { case: 'disconnectRes', value: create(DisconnectResSchema, { reason }) };
    }
    case 'properties': {
      const properties = wireScalarsOf(message.properties);
      const status = wireStatusOf(message.status);
      return { case: 'getPropertiesRes', value: create(GetPropertiesResSchema, { status, properties }) };
    }
    case 'parameters': {
      const parameters = wireParametersOf(message.parameters);
      const status = wireStatusOf(message.status);
      return { case: 'getParametersRes', value: create(GetParametersResSchema, { status, parameters }) };
    }
    case 'fit': {
      const { numExamples } = message;
      const parameters = wireParametersOf(message.parameters);
      const facts = { status: wireStatusOf(message.status), metrics: wireScalarsOf(message.metrics) };
      return { case: 'fitRes', value: create(FitResSchema, { ...facts, parameters, numExamples }) };
    }
    case 'evaluation': {
      const { loss, numExamples } = message;
      const facts = { status: wireStatusOf(message.status), metrics: wireScalarsOf(message.metrics) };
      return { case: 'evaluateRes', value: create(EvaluateResSchema, { ...facts, loss, numExamples }) };
    }
  }
}
