import type { Environment } from '@fedops/client-api';

/** A variable's text; undefined also for an empty one, as deployments leave what they have no value for. */
export function variable(env: Environment, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === '' ? undefined : text;
}
