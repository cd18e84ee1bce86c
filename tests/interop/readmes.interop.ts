import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { exampleFolder, runExample } from './example-process.js';
import { freePort } from './free-port.js';
import { startPython } from './python-process.js';
import { MAIN_VERSION } from './versions.mjs';

/** The example of a package's README in a folder, with free ports in place of its own. */
async function readmeExample(name: string) {
  const readme = await readFile(new URL(`../../packages/${name}/README.md`, import.meta.url), 'utf8');
  const ports = { 8080: await freePort(), 8081: await freePort() };
  let code = /```js\n([\s\S]*?)```/.exec(readme)![1]!;
  for (const [shown, free] of Object.entries(ports)) code = code.replaceAll(shown, String(free));
  const folder = await exampleFolder();
  await writeFile(join(folder, 'example.mjs'), code);
  return { ports, run: () => runExample(folder, process.execPath, ['example.mjs']) };
}

test('flower', async () => {
  const { run } = await readmeExample('flower');

  expect(await run()).toContain('Float32Array(4) [ 1, 2, 3, 4 ]');
});

test('flower-door', async () => {
  const { run, ports } = await readmeExample('flower-door');
  const printed = run();
  const client = startPython(MAIN_VERSION, 'flower_client.py', `127.0.0.1:${ports[8081]}`);

  expect(await printed).toMatch(/grpc:\/\/127\.0\.0\.1:\d+[\s\S]*published/);
  expect(await client.ended).toBe(0);
});

test('flower-transport', async () => {
  const { run, ports } = await readmeExample('flower-transport');
  const printed = run();
  const server = startPython(MAIN_VERSION, 'flower_server.py', String(ports[8080]), '--shapes', '[[1]]');

  await server.told('history');
  expect(await printed).toContain("phase: 'finished'");
});
