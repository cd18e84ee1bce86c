import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';

const PACKAGE = fileURLToPath(new URL('..', import.meta.url));

/** A service that logs, does something else, and logs again. */
const SERVICE = `
  import { createLogger } from '@fedops/http-service';
  const logger = createLogger('service');
  for (let i = 0; i < 3; i++) {
    logger.info({ i }, 'at work');
    await new Promise((resolve) => setImmediate(resolve));
  }
  process.stdout.write('done');
`;

async function exitCodeOf(stderr: number | 'pipe', whenStarted: (stderr: NodeJS.ReadableStream) => void) {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', SERVICE], {
    cwd: PACKAGE,
    stdio: ['ignore', 'ignore', stderr],
  });
  if (child.stderr !== null) whenStarted(child.stderr);
  const [code] = await once(child, 'exit');
  return code;
}

// Where every write finds the disk full.
const onLinux = process.platform === 'linux' ? it : it.skip;

onLinux('a service whose log finds no room goes on without it', async () => {
  const full = await open('/dev/full', 'w');
  try {
    expect(await exitCodeOf(full.fd, () => {})).toBe(0);
  } finally {
    await full.close();
  }
});

it('a service whose log nobody reads any more goes on without it', async () => {
  expect(await exitCodeOf('pipe', (stderr) => (stderr as unknown as { destroy(): void }).destroy())).toBe(0);
});
