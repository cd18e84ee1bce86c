import {
  codeOfHttpStatus,
  type ErrorBody,
  errorBodyOf,
  FedOpsError,
  HTTP_STATUS_OF,
} from '@fedops/shared-types';

/** What a peer is told of an error. */
export interface ErrorAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: ErrorBody;
  /** True where nobody but us can find out what happened, so that it belongs in the log. */
  readonly isOurs: boolean;
}

const INTERNAL = new FedOpsError('internal', 'an error within the service; its log has more');

/**
 * The answer to any thrown value.
 *
 * What is not ours, or is `internal`, goes out with a fixed message: the original may name files or hold secrets.
 */
export function errorAnswerOf(value: unknown): ErrorAnswer {
  const known = FedOpsError.is(value) ? value : requestError(value);
  const error = known === undefined || known.code === 'internal' ? INTERNAL : known;
  return {
    status: HTTP_STATUS_OF[error.code],
    headers: retryAfterOf(error),
    body: errorBodyOf(error),
    isOurs: error.code === 'internal' || error.code === 'storage',
  };
}

/** Express and its parsers blame the request by a status of 4xx. */
function requestError(value: unknown): FedOpsError | undefined {
  if (typeof value !== 'object' || value === null || !('status' in value)) return undefined;
  const { status } = value;
  if (typeof status !== 'number' || status < 400 || status > 499) return undefined;
  return new FedOpsError(codeOfHttpStatus(status), 'the request cannot be read', { cause: value });
}

function retryAfterOf({ details }: FedOpsError): Record<string, string> {
  const { retryAfterMs } = details;
  const isTime = typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs) && retryAfterMs >= 0;
  return isTime ? { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) } : {};
}

/** The answer to bytes that Node's HTTP parser refused before there was a request. */
export function parserErrorAnswer(nodeCode: string | undefined): ErrorAnswer {
  switch (nodeCode) {
    case 'HPE_HEADER_OVERFLOW':
      return errorAnswerOf(new FedOpsError('too-large', 'the header fields are too long'));
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return {
        ...errorAnswerOf(new FedOpsError('deadline-exceeded', 'the request did not arrive in time')),
        // Late is who asks: 504 would blame a service behind this one.
        status: 408,
      };
    default:
      return errorAnswerOf(new FedOpsError('invalid-argument', 'the request is not HTTP'));
  }
}
