import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FedOpsError } from '@fedops/shared-types';
import { expect, test } from '@jest/globals';
import { fakeContext } from '../../test/fake-context.js';
import { temporaryDirectory } from '../../test/temporary-directory.js';
import { secretFrom } from './secret.js';

const NAMES = { setting: 'joinTokenFile', variable: 'FEDOPS_JOIN_TOKEN' };

async function fileWith(text: string): Promise<string> {
  const path = join(await temporaryDirectory(), 'token');
  await writeFile(path, text);
  return path;
}

test('a file that a flag names wins over the variable, and that over a file of the configuration', async () => {
  const file = await fileWith(' of-the-file \n');
  const context = fakeContext({ env: { FEDOPS_JOIN_TOKEN: 'of-the-variable' } });
  expect(await secretFrom({ context, flags: { joinTokenFile: file } }, { ...NAMES, file })).toBe(
    'of-the-file',
  );
  expect(await secretFrom({ context, flags: {} }, { ...NAMES, file })).toBe('of-the-variable');
  expect(await secretFrom({ context: fakeContext(), flags: {} }, { ...NAMES, file })).toBe('of-the-file');
  expect(
    await secretFrom({ context: fakeContext(), flags: {} }, { ...NAMES, file: undefined }),
  ).toBeUndefined();
});

test('a file without one word in it is refused, and its words are not told', async () => {
  const file = await fileWith('two words\n');
  const error = await secretFrom({ context: fakeContext(), flags: {} }, { ...NAMES, file }).catch(
    FedOpsError.from,
  );
  expect(error).toMatchObject({ code: 'invalid-argument' });
  expect((error as FedOpsError).message).not.toContain('two');
});

test('a secret that is too short is refused with the name of its file or variable, and is not told', async () => {
  const file = await fileWith('short-one');
  const env = { FEDOPS_JOIN_TOKEN: 'short-one' };
  for (const [context, source] of [
    [fakeContext(), file],
    [fakeContext({ env }), 'FEDOPS_JOIN_TOKEN'],
  ] as const) {
    const error = await secretFrom({ context, flags: {} }, { ...NAMES, file, leastLength: 16 }).catch(
      FedOpsError.from,
    );
    expect(error).toMatchObject({
      code: 'invalid-argument',
      message: `${source} must hold a token of at least 16 characters, got 9`,
    });
  }
});
