import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { exampleFolder, runExample } from './example-process.js';
import { FEDOPS_PYTHON, fedopsEnvironment } from './fedops-services.js';
import { type FollowedGuide, followGuide } from './follow-guide.js';
import { FEDOPS_VERSION } from './versions.mjs';

const follow = () => followGuide('with-python-fedops.md', ['8003', '8004', '8080', '8081', '40019']);

/** How the commands of a part are run: services until the test ends, the last one until it ends by itself. */
async function run(guide: FollowedGuide, commands: readonly string[]): Promise<string | undefined> {
  const buckets = await exampleFolder();
  await mkdir(join(buckets, 'global-model'));
  const env = fedopsEnvironment({
    ...guide.env,
    STUB_BUCKETS: buckets,
    STUB_FLOWER_PORT: guide.portOf('8080'),
  });
  const start = (command: string) => {
    const [program, ...args] = command.split(' ');
    return runExample(guide.folder, program === 'node' ? process.execPath : FEDOPS_PYTHON, args, env);
  };
  const services = commands.slice(0, -1).map(start);
  const printed = start(commands.at(-1)!);
  const tooEarly = Promise.race(services).then((output) => {
    throw new Error(`a service ended by itself, having printed "${output}"`);
  });
  return (await Promise.race([printed, tooEarly])).trim().split('\n').at(-1);
}

describe(`fedops ${FEDOPS_VERSION} as the guide says`, () => {
  test('its clients in our runs', async () => {
    const guide = await follow();
    expect(guide.names).toEqual([
      'manager.mjs',
      'device.mjs',
      'server.mjs',
      'client.py',
      'managed.mjs',
      'server.py',
      'flower-client.mjs',
    ]);

    const said = await run(guide, guide.commands.slice(0, 4));

    expect(guide.text).toContain(`the server ends with \`${said}\``);
    expect(said).toMatch(/^published V1, off by 0\.00/);
  });

  test('what the guide installs is what its files import', async () => {
    const { installed, imported } = await follow();

    expect(installed).toEqual(imported);
    expect(installed).toContain('@fedops/flower-transport');
  });

  test('its clients in runs that our server manager starts', async () => {
    const guide = await follow();

    const said = await run(guide, guide.commands.slice(4, 7));

    expect(guide.text).toContain(`It ends with \`${said}\``);
    expect(said).toMatch(/^r1 published V1, off by 0\.00/);
  });

  test('our clients in its runs', async () => {
    const guide = await follow();

    const said = await run(guide, guide.commands.slice(7));

    expect(guide.text).toContain(`The server ends with \`${said}\``);
    expect(said).toMatch(/^V1, off by 0\.00/);
  });
});
