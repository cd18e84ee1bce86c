import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { installedFaults } from './installed-faults.mjs';
import { npm } from './npm.mjs';

const ALLOWED = { ours: ['@fedops/client-api', '@fedops/shared-types'], theirs: ['axios', 'zod'] };

const CALL = `
new ClientManagerAPI({ baseUrl: process.argv[2] }).getInfo().then((info) => console.log(JSON.stringify(info)));
`;

const CONSUMERS = {
  'by-import.mjs': `import { ClientManagerAPI } from '@fedops/client-api';${CALL}`,
  'by-require.cjs': `const { ClientManagerAPI } = require('@fedops/client-api');${CALL}`,
};

/** What a client manager answers to `GET /info`, as its Python service does. */
const MANAGER_INFO = {
  FL_client: '127.0.0.1:8003',
  server_ST: '127.0.0.1:40019',
  server: '127.0.0.1',
  S3_bucket: '',
  s3_ready: false,
  GL_Model_V: 7,
  FL_ready: true,
  client_online: true,
  client_training: false,
  task_id: 'mnist',
  task_status: null,
  client_mac: '02:00:00:00:00:07',
  client_name: 'device-7',
};

/**
 * Installs `@fedops/client-api` from its tarball in an empty folder, with the tarball of `@fedops/shared-types` beside it,
 * looks at what came along, and makes it ask a manager on loopback, once by `import` and once by `require`.
 *
 * @returns One sentence per fault.
 */
export async function clientApiAloneFaults(folder, tarballs) {
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'empty', private: true }));
  npm(['install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs], folder);
  const { packages } = JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8'));
  const faults = installedFaults(packages, ALLOWED);

  const manager = createServer((request, response) => {
    if (request.url === '/info/') return response.writeHead(307, { location: '/info' }).end();
    if (request.url !== '/info') return response.writeHead(404).end();
    return response.setHeader('content-type', 'application/json').end(JSON.stringify(MANAGER_INFO));
  });
  await new Promise((resolve) => manager.listen(0, '127.0.0.1', resolve));
  try {
    for (const [file, text] of Object.entries(CONSUMERS)) {
      writeFileSync(join(folder, file), text);
      const { code, output } = await node([file, `http://127.0.0.1:${manager.address().port}`], folder);
      if (code !== 0 || !output.includes('mnist')) faults.push(`${file} failed (${code}): ${output.trim()}`);
    }
  } finally {
    manager.close();
  }
  return faults;
}

function node(args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
    let output = '';
    const collect = (chunk) => {
      output += chunk;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, output }));
  });
}
