import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@fedops/http-service';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventFile } from './event-file.js';
import { connecting } from './runtime-event.js';

const clock = { now: () => Date.UTC(2026, 10, 24, 8) };
const parts = { clock, logger: silentLogger };
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'fedops-events-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('eventFile', () => {
  it('appends a line for each event, in a folder that it makes', async () => {
    const path = join(folder, 'new', 'events.jsonl');
    const tell = eventFile('mean', { ...parts, env: { FEDOPS_EVENT_FILE: path } });
    tell(connecting('10.0.0.5:8080'));
    tell(connecting(null));

    const lines = (await readFile(path, 'utf8')).split('\n');
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[0]!)).toEqual({
      schemaVersion: 1,
      timestamp: '2026-11-24T08:00:00.000Z',
      taskId: 'mean',
      stage: 'connecting',
      round: 1,
      message: 'connecting to the FL server',
      aggregationServer: '10.0.0.5:8080',
    });
    if (process.platform !== 'win32') expect((await stat(path)).mode & 0o077).toBe(0);
  });

  it('names task, release and instance as the environment does', async () => {
    const path = join(folder, 'events.jsonl');
    const env = {
      FEDOPS_EVENT_FILE: path,
      FEDOPS_TASK_ID: 'owner/mean',
      FEDOPS_RELEASE_ID: 'r1',
      FEDOPS_CLIENT_INSTANCE_ID: 'i1',
    };
    eventFile('mean', { ...parts, env })(connecting(null));

    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      taskId: 'owner/mean',
      releaseId: 'r1',
      clientInstanceId: 'i1',
    });
  });

  it('does nothing where no file is named, and goes on where it cannot be written', async () => {
    await writeFile(join(folder, 'file'), '');
    for (const FEDOPS_EVENT_FILE of [' ', join(folder, 'file', 'events.jsonl')]) {
      const tell = eventFile('mean', { ...parts, env: { FEDOPS_EVENT_FILE } });
      expect(() => tell(connecting(null))).not.toThrow();
    }
  });

  (process.platform === 'linux' ? it : it.skip)(
    'ends and tells the path where the system takes no directory, also where it says that one is missing',
    () => {
      const told: object[] = [];
      const logger = { ...silentLogger, warn: (fields: object) => told.push(fields) };
      const path = '/proc/fedops/deep/events.jsonl';
      eventFile('mean', { clock, logger, env: { FEDOPS_EVENT_FILE: path } })(connecting(null));

      expect(told).toEqual([{ err: expect.objectContaining({ code: 'storage' }), path }]);
      expect(told).toMatchObject([
        { err: { message: expect.stringContaining(`event file ${path}: ENOENT`) } },
      ]);
    },
  );
});
