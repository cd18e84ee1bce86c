import { expect, test } from '@jest/globals';
import { runExample } from './example-process.js';
import { followGuide } from './follow-guide.js';
import { pythonOf } from './python-environment.mjs';
import { MAIN_VERSION } from './versions.mjs';

const follow = () => followGuide('with-flower.md', ['8080', '8081', '8082']);

/** Resolves with the last line that a command of the guide prints. */
async function lastLine(folder: string, command: string): Promise<string | undefined> {
  const [program, ...args] = command.split(' ');
  const path = program === 'node' ? process.execPath : pythonOf(MAIN_VERSION);
  return (await runExample(folder, path, args)).trim().split('\n').at(-1);
}

test('Python clients in a FedOps run: as the guide says', async () => {
  const { text, commands, folder, names } = await follow();
  expect(names).toEqual(['server.mjs', 'client.py', 'client.mjs', 'server.py', 'flower-client.mjs']);

  const [server, pythonClient, client] = commands.slice(0, 3).map((command) => lastLine(folder, command));

  expect(text).toContain(`\`${await server}\``);
  expect(await server).toMatch(/^published V1, off by 0\.00/);
  expect(await client).toBe('finished');
  await pythonClient;
});

test('what the guide installs is what its files import', async () => {
  const { installed, imported } = await follow();

  expect(installed).toEqual(imported);
  expect(installed).toContain('@fedops/flower-transport');
});

test('FedOps clients in a Python server: as the guide says', async () => {
  const { text, commands, folder } = await follow();

  const [client, server] = commands.slice(3).map((command) => lastLine(folder, command));

  expect(text).toContain(`\`${await client}\`, the server with \`${await server}\``);
  expect(await client).toBe('finished');
  expect(await server).toMatch(/^off by 0\.00/);
});
