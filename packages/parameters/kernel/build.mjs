// Compiles float-kernel.wat into src/kernel/kernel-bytes.ts; with --check it changes nothing and fails where they differ.
import { readFileSync, writeFileSync } from 'node:fs';
import loadWabt from 'wabt';

const target = new URL('../src/kernel/kernel-bytes.ts', import.meta.url);
const source = readFileSync(new URL('./float-kernel.wat', import.meta.url), 'utf8');

const wabt = await loadWabt();
const module = wabt.parseWat('float-kernel.wat', source, { simd: true });
const { buffer } = module.toBinary({});
const lines = Buffer.from(buffer)
  .toString('base64')
  .match(/.{1,100}/g);
const text = `/** \`kernel/float-kernel.wat\`, compiled by \`npm run build:kernel\`, in base64. */
export const KERNEL_BYTES =
${lines.map((line) => `  '${line}'`).join(' +\n')};
`;

if (!process.argv.includes('--check')) writeFileSync(target, text);
else if (readFileSync(target, 'utf8') !== text) {
  process.stderr.write('kernel-bytes.ts is not what float-kernel.wat compiles to: npm run build:kernel\n');
  process.exitCode = 1;
}
