import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const quiet = "import { silentLogger as logger } from '@fedops/http-service';";
/** A port where nobody listens: what a service finds there must not matter to its first answer. */
const NOBODY = 'http://127.0.0.1:9';

/** Each as a program that writes where it listens, and answers `GET /healthz` from then on; its argument is a directory of its own. */
const PROGRAMS = {
  'node itself, an HTTP server': `
    import { createServer } from 'node:http';
    const server = createServer((request, response) => response.end('{}'));
    server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));`,
  'server manager': `${quiet}
    import { createServerManager } from '@fedops/server-manager';
    const settings = { dataDir: process.argv[1], listen: { port: 0 }, servers: { ports: 'any' } };
    console.log((await createServerManager(settings, { logger })).url);`,
  'FL server': `${quiet}
    import { createParameters } from '@fedops/parameters';
    import { FLServer } from '@fedops/server';
    import { fedAvg } from '@fedops/strategies';
    const model = createParameters([{ name: 'w', shape: [4], dtype: 'float32' }], [new Float32Array(4)]);
    const settings = { taskId: 'bench', rounds: 1, dataDir: process.argv[1], listen: { port: 0 } };
    const parts = { strategy: fedAvg(), initialParameters: model, logger };
    console.log((await new FLServer(settings, parts).start()).url);`,
  'client manager': `${quiet}
    import { createClientManager } from '@fedops/client-manager';
    const serverManager = { url: '${NOBODY}' };
    const settings = { dataDir: process.argv[1], clientUrl: '${NOBODY}', serverManager, port: 0 };
    console.log((await createClientManager(settings, { logger })).url);`,
  'client app': `${quiet}
    import { FLClientTask } from '@fedops/client-app';
    const trainer = { fit: () => new Promise(() => {}), evaluate: () => new Promise(() => {}) };
    const settings = { taskId: 'bench', trainer, dataDir: process.argv[1], port: 0 };
    console.log((await new FLClientTask(settings, { logger, env: {} }).start()).url);`,
};

/**
 * Starts each service so many times, in turn, so that what else the machine does hits all alike.
 *
 * @returns For each: median, least and most milliseconds from the start of its process to its first answer.
 */
export async function coldStarts(starts) {
  const times = new Map(Object.keys(PROGRAMS).map((service) => [service, []]));
  for (let i = 0; i < starts; i++) {
    for (const [service, program] of Object.entries(PROGRAMS))
      times.get(service).push(await coldStart(program));
  }
  return [...times].map(([service, all]) => {
    const sorted = all.toSorted((a, b) => a - b);
    const middle = [sorted[(starts - 1) >> 1], sorted[starts >> 1]];
    return {
      service,
      starts,
      medianMs: (middle[0] + middle[1]) / 2,
      leastMs: sorted[0],
      mostMs: sorted.at(-1),
    };
  });
}

async function coldStart(program) {
  const directory = await mkdtemp(join(tmpdir(), 'fedops-bench-'));
  const began = performance.now();
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program, directory], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [url] = await once(createInterface({ input: child.stdout }), 'line');
    await answerOf(new URL('/healthz', url));
    return performance.now() - began;
  } finally {
    child.kill('SIGKILL');
    await once(child, 'exit');
    await rm(directory, { recursive: true, force: true });
  }
}

function answerOf(url) {
  return new Promise((resolve, reject) => {
    get(url, { agent: false }, (response) => {
      response.resume();
      response.once('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`${url} answered ${response.statusCode}`));
      });
    }).once('error', reject);
  });
}
