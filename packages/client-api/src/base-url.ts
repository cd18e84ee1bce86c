import { BaseUrlSchema, FedOpsError, parseWith } from '@fedops/shared-types';

/** Environment variables by name, as `process.env` holds them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A service's base URL without a slash at its end: the given one, else that of the first variable that is set;
 * undefined where there is none.
 *
 * @throws {FedOpsError} `invalid-argument` for what is no http or https URL, naming where it came from.
 */
export function baseUrlFrom(
  given: string | undefined,
  env: Environment,
  variables: readonly string[],
): string | undefined {
  if (given !== undefined) return checked(given, 'base URL');
  const variable = variables.find((name) => (env[name] ?? '').trim() !== '');
  return variable === undefined ? undefined : checked((env[variable] ?? '').trim(), variable);
}

/** As `baseUrlFrom`. @throws {FedOpsError} `invalid-argument` also where there is none. */
export function requiredBaseUrl(
  given: string | undefined,
  env: Environment,
  variables: readonly string[],
): string {
  const url = baseUrlFrom(given, env, variables);
  if (url !== undefined) return url;
  throw new FedOpsError('invalid-argument', `no base URL is given and ${variables.join(', ')} is not set`, {
    details: { variables },
  });
}

function checked(text: string, source: string): string {
  return new URL(parseWith(BaseUrlSchema, text, source)).href.replace(/\/+$/, '');
}
