import { DeviceActivitySchema, TaskIdSchema } from '@fedops/shared-types';
import { z } from 'zod';
import type { DeviceLife, DeviceRows } from '../store.js';
import { readBody } from './body.js';
import type { Database, Statement } from './database.js';

const IdentitySchema = z.object({
  taskId: TaskIdSchema,
  deviceId: z.string(),
  clientId: z.string().nullable(),
  name: z.string().nullable(),
  mac: z.string().nullable(),
  origin: z.enum(['v1', 'legacy']),
  keyHash: z.string().nullable(),
  tokenHash: z.string().nullable(),
  clusterId: z.int().nullable(),
  registeredAt: z.number(),
});

/** One statement for many devices, yet not so many that the rest of the service waits. */
const LIVES_IN_A_STATEMENT = 500;

export function deviceRows(database: Database): DeviceRows {
  return {
    async put(device) {
      const { lastSeen, onlineSince, leftAt, activity, ...identity } = device;
      await database.write({
        sql: `INSERT INTO devices (task_id, device_id, body, last_seen, online_since, left_at, activity)
              VALUES (:taskId, :deviceId, :body, :lastSeen, :onlineSince, :leftAt, :activity)
              ON CONFLICT DO UPDATE SET body = excluded.body, last_seen = excluded.last_seen,
                online_since = excluded.online_since, left_at = excluded.left_at, activity = excluded.activity`,
        args: {
          taskId: device.taskId,
          deviceId: device.deviceId,
          body: JSON.stringify(identity),
          lastSeen,
          onlineSince,
          leftAt,
          activity: JSON.stringify(activity),
        },
      });
    },

    async load() {
      const rows = await database.read({ sql: 'SELECT * FROM devices' });
      const [alive] = await database.read({ sql: "SELECT value FROM meta WHERE name = 'alive_at'" });
      return {
        devices: rows.map((row) => ({
          ...readBody(IdentitySchema, row.body, 'a device'),
          lastSeen: Number(row.last_seen),
          onlineSince: Number(row.online_since),
          leftAt: row.left_at === null ? null : Number(row.left_at),
          activity: readBody(DeviceActivitySchema, row.activity, 'the activity of a device'),
        })),
        aliveAt: alive === undefined ? null : Number(alive.value),
      };
    },

    async touch(lives, aliveAt) {
      const alive: Statement = {
        sql: `INSERT INTO meta (name, value) VALUES ('alive_at', :aliveAt)
              ON CONFLICT DO UPDATE SET value = excluded.value`,
        args: { aliveAt },
      };
      await Promise.all([
        database.write(alive),
        ...chunksOf(lives).map((chunk) => database.write(touching(chunk))),
      ]);
    },

    async remove(taskId, deviceId) {
      await database.write({
        sql: 'DELETE FROM devices WHERE task_id = :taskId AND device_id = :deviceId',
        args: { taskId, deviceId },
      });
    },
  };
}

function touching(lives: readonly DeviceLife[]): Statement {
  const rows = lives.map((life) => [
    life.taskId,
    life.deviceId,
    life.lastSeen,
    life.onlineSince,
    life.leftAt,
    JSON.stringify(life.activity),
  ]);
  return {
    sql: `UPDATE devices SET last_seen = life.value ->> 2, online_since = life.value ->> 3,
            left_at = life.value ->> 4, activity = life.value ->> 5
          FROM json_each(:lives) AS life
          WHERE devices.task_id = life.value ->> 0 AND devices.device_id = life.value ->> 1`,
    args: { lives: JSON.stringify(rows) },
  };
}

function chunksOf(lives: readonly DeviceLife[]): (readonly DeviceLife[])[] {
  const count = Math.ceil(lives.length / LIVES_IN_A_STATEMENT);
  return Array.from({ length: count }, (_, i) =>
    lives.slice(i * LIVES_IN_A_STATEMENT, (i + 1) * LIVES_IN_A_STATEMENT),
  );
}
