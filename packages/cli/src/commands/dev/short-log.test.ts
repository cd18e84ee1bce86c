import { appendFile, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { temporaryDirectory } from '../../../test/temporary-directory.js';
import { shortenLog } from './short-log.js';

test('a log that is too long lies beside, and its writer goes on at the beginning', async () => {
  const path = join(await temporaryDirectory(), 'service.log');
  const writer = await open(path, 'a');
  await writer.write('0123456789');
  expect(await shortenLog(path, 10)).toBe(false);
  await appendFile(path, '!');
  expect(await shortenLog(path, 10)).toBe(true);
  await writer.write('more');
  await writer.close();
  expect([await readFile(path, 'utf8'), await readFile(`${path}.1`, 'utf8')]).toEqual([
    'more',
    '0123456789!',
  ]);
});

test('a log that is not there is left alone', async () => {
  expect(await shortenLog(join(await temporaryDirectory(), 'none.log'), 10)).toBe(false);
});
