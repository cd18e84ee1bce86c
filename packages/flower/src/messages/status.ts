import { create } from '@bufbuild/protobuf';
import { FedOpsError } from '@fedops/shared-types';
import { StatusSchema, type Status as WireStatus } from '../generated/flower_pb.js';

/** Whether a client did what it was told. */
export type StatusCode =
  | 'ok'
  | 'get-properties-not-implemented'
  | 'get-parameters-not-implemented'
  | 'fit-not-implemented'
  | 'evaluate-not-implemented';

/** A client's word on its work. */
export interface Status {
  readonly code: StatusCode;
  readonly message: string;
}

/** In the order of their numbers on the wire. */
const STATUS_CODES: readonly StatusCode[] = [
  'ok',
  'get-properties-not-implemented',
  'get-parameters-not-implemented',
  'fit-not-implemented',
  'evaluate-not-implemented',
];

/** What Python's clients send with `ok`. */
export const SUCCESS: Status = { code: 'ok', message: 'Success' };

/** The status as it travels. */
export function wireStatusOf({ code, message }: Status): WireStatus {
  return create(StatusSchema, { code: STATUS_CODES.indexOf(code), message });
}

/** A message without a status is `ok`, as Python reads it. @throws {FedOpsError} `unsupported` for another code. */
export function statusOfWire(status: WireStatus | undefined): Status {
  const number = status?.code ?? 0;
  const code = STATUS_CODES[number];
  if (code === undefined)
    throw new FedOpsError('unsupported', `Flower message: status code ${number} is not known`);
  return { code, message: status?.message ?? '' };
}
