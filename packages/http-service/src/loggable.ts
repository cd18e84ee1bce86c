const REDACTED = '[redacted]';
const SECRET_NAMES = [/authorization|cookie|passw|secret|token/i, /(^|[_-])keys?$/i, /[a-z0-9]Keys?$/];

/** Deep enough for an error within an error within a report. */
const MAX_DEPTH = 8;
const MAX_ITEMS = 100;

/**
 * What may be written about a value: secrets replaced by name, errors as type, code, message, details, stack and
 * cause, bytes and tensors by their length, cycles and great depth cut.
 */
export function loggable(value: unknown): unknown {
  return shown(value, []);
}

function shown(value: unknown, above: readonly object[]): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return `<${typeof value}>`;
  if (typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `<${value.byteLength} bytes>`;
  if (above.includes(value)) return '<cycle>';
  if (above.length >= MAX_DEPTH) return '<deeper>';
  const path = [...above, value];
  if (Array.isArray(value)) return listed(value, path);
  if (isErrorLike(value)) return errorFields(value, path);
  if (value instanceof Date || value instanceof URL) return value.toJSON();
  return Object.fromEntries(
    Object.entries(value).map(([name, field]) => [name, isSecret(name) ? REDACTED : shown(field, path)]),
  );
}

function isSecret(name: string): boolean {
  return SECRET_NAMES.some((pattern) => pattern.test(name));
}

function listed(values: readonly unknown[], path: readonly object[]): unknown {
  if (values.length > MAX_ITEMS) return `<${values.length} items>`;
  return values.map((item) => shown(item, path));
}

/** Only what is known to be harmless: errors of HTTP libraries carry whole requests, headers included. */
function errorFields(error: ErrorLike, path: readonly object[]): Record<string, unknown> {
  return {
    type: error.name,
    message: error.message,
    ...(error.code === undefined ? {} : { code: shown(error.code, path) }),
    ...(error.details === undefined ? {} : { details: shown(error.details, path) }),
    stack: error.stack,
    ...(error.cause === undefined ? {} : { cause: shown(error.cause, path) }),
  };
}

interface ErrorLike {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly code?: unknown;
  readonly details?: unknown;
  readonly cause?: unknown;
}

function isErrorLike(value: object): value is ErrorLike {
  return 'message' in value && 'stack' in value && typeof value.stack === 'string';
}
