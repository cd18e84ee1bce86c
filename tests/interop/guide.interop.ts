import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { exampleFolder, runExample } from './example-process.js';
import { freePort } from './free-port.js';
import { pythonOf } from './python-environment.mjs';
import { MAIN_VERSION } from './versions.mjs';

const GUIDE = new URL('../../docs/guides/with-flower.md', import.meta.url);

/** Writes the files that the guide shows, with free ports in place of its own. */
async function followGuide() {
  let text = await readFile(GUIDE, 'utf8');
  for (const port of ['8080', '8081', '8082']) text = text.replaceAll(port, String(await freePort()));
  const folder = await exampleFolder();
  const files = [...text.matchAll(/`([\w-]+\.(?:mjs|py))`:\n\n```\w+\n([\s\S]*?)```/g)];
  for (const [, name, content] of files) await writeFile(join(folder, name!), content!);
  const commands = [...text.matchAll(/^(?:node|python) .*$/gm)].map(([command]) => command);
  return { text, commands, folder, names: files.map(([, name]) => name) };
}

/** Resolves with the last line that a command of the guide prints. */
async function lastLine(folder: string, command: string): Promise<string | undefined> {
  const [program, ...args] = command.split(' ');
  const path = program === 'node' ? process.execPath : pythonOf(MAIN_VERSION);
  return (await runExample(folder, path, args)).trim().split('\n').at(-1);
}

test('Python clients in a FedOps run: as the guide says', async () => {
  const { text, commands, folder, names } = await followGuide();
  expect(names).toEqual(['server.mjs', 'client.py', 'client.mjs', 'server.py', 'flower-client.mjs']);

  const [server, pythonClient, client] = commands.slice(0, 3).map((command) => lastLine(folder, command));

  expect(text).toContain(`\`${await server}\``);
  expect(await server).toMatch(/^published V1, off by 0\.00/);
  expect(await client).toBe('finished');
  await pythonClient;
});

test('FedOps clients in a Python server: as the guide says', async () => {
  const { text, commands, folder } = await followGuide();

  const [client, server] = commands.slice(3).map((command) => lastLine(folder, command));

  expect(text).toContain(`\`${await client}\`, the server with \`${await server}\``);
  expect(await client).toBe('finished');
  expect(await server).toMatch(/^off by 0\.00/);
});
