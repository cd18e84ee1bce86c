import { FedOpsError } from '@fedops/shared-types';

/**
 * The function that a module exports under a name; what it takes is the caller's word.
 *
 * @param moduleUrl As `import` takes it.
 * @throws {FedOpsError} `invalid-argument` for a module that cannot be loaded or exports no such function.
 */
export async function exportedFunction<F extends (...args: never) => unknown>(
  moduleUrl: string,
  name: string,
): Promise<F> {
  const exported = await load(moduleUrl);
  const found = exported[name];
  if (typeof found !== 'function') {
    throw new FedOpsError('invalid-argument', `${moduleUrl} exports no function ${name}`);
  }
  return found as F;
}

async function load(moduleUrl: string): Promise<Readonly<Record<string, unknown>>> {
  try {
    return await import(moduleUrl);
  } catch (cause) {
    const { message } = FedOpsError.from(cause);
    throw new FedOpsError('invalid-argument', `${moduleUrl} cannot be loaded: ${message}`, { cause });
  }
}
