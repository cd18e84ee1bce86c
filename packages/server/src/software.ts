import { readFileSync } from 'node:fs';

/** What makes the models, for their manifests. */
export const SOFTWARE: Readonly<Record<string, string>> = {
  '@fedops/server': ownVersion(),
  node: process.versions.node,
};

function ownVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
