// Completes package-lock.json so that `npm ci` accepts it: see lock-completion.mjs. With --check it changes nothing and
// fails where something is missing.
import { readFileSync, writeFileSync } from 'node:fs';
import { completeLock } from './lock-completion.mjs';

const file = new URL('../package-lock.json', import.meta.url);
const isCheck = process.argv.includes('--check');

const { lock, added, unresolved } = completeLock(JSON.parse(readFileSync(file, 'utf8')));
if (!isCheck && added.length > 0) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);

for (const place of added)
  console.log(`${isCheck ? 'missing' : 'added'}: ${place}@${lock.packages[place].version}`);
for (const dependency of unresolved) console.error(`cannot complete, no exact version: ${dependency}`);
console.log(`lock file: ${added.length} ${isCheck ? 'missing' : 'added'}`);
process.exitCode = unresolved.length > 0 || (isCheck && added.length > 0) ? 1 : 0;
