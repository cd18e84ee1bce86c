// usage: node crash-smoke.mjs server|drive

import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { createSession, systemClock } from '@fedops/client-session';
import { createHttpTransport } from '@fedops/client-session/node';
import { createParameters } from '@fedops/parameters';
import { fedAvg } from '@fedops/strategies';
import { nodeFileSystem } from './dist/files/node-file-system.js';
import { FLServer } from './dist/index.js';

const signature = [{ name: 'w', shape: [300, 40], dtype: 'float32' }];
const mode = process.argv[2];
if (mode === 'server') {
  const killAt = Number(process.argv[4] ?? 0);
  let n = 0;
  const tick = () => {
    if (++n === killAt) process.kill(process.pid, 'SIGKILL');
  };
  const wrapFile = (f) => ({
    ...f,
    write: async (b) => {
      tick();
      await f.write(b);
      tick();
    },
    sync: async () => {
      tick();
      await f.sync();
      tick();
    },
  });
  const files = {
    ...nodeFileSystem,
    open: async (p, m) => wrapFile(await nodeFileSystem.open(p, m)),
    rename: async (a, b) => {
      tick();
      await nodeFileSystem.rename(a, b);
      tick();
    },
    link: async (a, b) => {
      tick();
      await nodeFileSystem.link(a, b);
      tick();
    },
  };
  const init = createParameters(signature, [new Float32Array(12000)]);
  const server = await new FLServer(
    {
      taskId: 't',
      rounds: 3,
      seed: 1,
      selection: { minConnected: 3 },
      listen: { port: 18080 },
      dataDir: process.argv[3],
    },
    {
      strategy: fedAvg(),
      initialParameters: init,
      files,
      logger: {
        info() {},
        warn(...a) {
          console.error(...a);
        },
        error(...a) {
          console.error(...a);
        },
      },
    },
  ).start();
  const o = await server.finished;
  await server.close();
  console.log(JSON.stringify({ ...o, ops: n }));
} else {
  const dir = '/tmp/crash-data';
  const run = (killAt) =>
    new Promise((res) => {
      const p = spawn(process.execPath, ['crash-smoke.mjs', 'server', dir, String(killAt)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let out = '';
      p.stdout.on('data', (d) => (out += d));
      p.on('close', (code, sig) => res({ code, sig, out }));
    });
  const status = (id) => () => ({
    FL_task_id: 't',
    FL_client_num: 0,
    FL_client_mac: null,
    FL_client_online: true,
    FL_client_start: true,
    FL_client_fail: false,
    FL_server_IP: null,
    FL_next_gl_model: 1,
  });
  const trainer = (v) => ({
    async fit({ parameters, seed }) {
      return {
        parameters: createParameters(signature, [
          parameters.tensors[0].map((x, i) => x * 0.5 + v * Math.fround(((seed + i) % 1000) / 1000)),
        ]),
        numExamples: v,
        metrics: { loss: 1 / v },
      };
    },
    async evaluate() {
      return { loss: 0.5, numExamples: 10, metrics: { accuracy: 0.5 } };
    },
  });
  async function fed(killAt) {
    rmSync(dir, { recursive: true, force: true });
    const ss = [1, 2, 3].map((v) =>
      createSession(
        {
          transport: createHttpTransport({ baseUrl: 'http://127.0.0.1:18080' }),
          trainer: trainer(v),
          clock: systemClock,
        },
        {
          taskId: 't',
          identity: { clientId: 'c' + v, key: 'k'.repeat(20) + v },
          status: status(v),
          reconnectForMs: 60000,
        },
      ),
    );
    const ends = Promise.all(ss.map((s) => s.run()));
    let r = await run(killAt);
    let kills = 0;
    while (r.sig === 'SIGKILL') {
      kills++;
      r = await run(0);
    }
    const e = await ends;
    return { kills, out: r.out.trim(), code: r.code, ends: e.map((x) => x.phase + (x.message ?? '')) };
  }
  const t0 = Date.now();
  const base = await fed(0);
  console.log(base, Date.now() - t0);
  const want = JSON.parse(base.out);
  const step = Number(process.argv[3] ?? 7);
  for (let k = 1; k <= want.ops; k += step) {
    const t = Date.now();
    const r = await fed(k);
    let got = {};
    try {
      got = JSON.parse(r.out);
    } catch {}
    console.log(k, r.kills, got.digest === want.digest, got.status, r.ends.join(), Date.now() - t);
    if (got.digest !== want.digest) console.log(r);
  }
}
