import { createRequire } from 'node:module';

/** Of the server manager that this command line was installed with: packages have versions of their own. */
export function knownManagerVersion(): string {
  const require = createRequire(import.meta.url);
  return (require('@fedops/server-manager/package.json') as { version: string }).version;
}
