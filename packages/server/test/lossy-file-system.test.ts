import { describe, expect, it } from '@jest/globals';
import { seededRandom } from './crash/seeded-random.js';
import {
  arbitrary,
  EVERYTHING,
  type LossyFileSystem,
  lossyFileSystem,
  SYNCED_ONLY,
} from './lossy-file-system.js';

/** A disk with `/from/a` and `/to`, all of it synced, whose file was then renamed to `/to/b`. */
async function renamedAcross(): Promise<LossyFileSystem> {
  const disk = lossyFileSystem();
  for (const path of ['/from', '/to']) await disk.makeDirectory(path);
  await (await disk.open('/from/a', 'create')).close();
  for (const path of ['/', '/from', '/to']) await disk.syncDirectory(path);
  await disk.rename('/from/a', '/to/b');
  return disk;
}

async function namesOn(disk: LossyFileSystem): Promise<string> {
  const lists = await Promise.all(['/from', '/to'].map((path) => disk.list(path)));
  return lists.flat().join(' ');
}

describe('a rename between directories', () => {
  it('is lost where neither was synced, and is there after a kill', async () => {
    const disk = await renamedAcross();
    expect(await namesOn(disk)).toBe('b');
    expect(await namesOn(disk.restored(SYNCED_ONLY))).toBe('a');
    expect(await namesOn(disk.restored(EVERYTHING))).toBe('b');
  });

  it.each(['/from', '/to'])('survives in both where %s alone was synced', async (path) => {
    const disk = await renamedAcross();
    await disk.syncDirectory(path);
    expect(await namesOn(disk.restored(SYNCED_ONLY))).toBe('b');
  });

  it('survives in both or in neither', async () => {
    const disk = await renamedAcross();
    const random = seededRandom(1);
    const found = new Set<string>();
    for (let i = 0; i < 50; i++) found.add(await namesOn(disk.restored(arbitrary(random))));
    expect([...found].sort()).toEqual(['a', 'b']);
  });
});
