import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';

const PRELOAD = new URL('./loopback-only.mjs', import.meta.url).href;

/** What is written down while a process runs this code. */
function notedOf(code) {
  const directory = mkdtempSync(join(tmpdir(), 'fedops-loopback-'));
  const log = join(directory, 'outside.log');
  try {
    spawnSync(process.execPath, ['--import', PRELOAD, '-e', code], {
      env: { ...process.env, LOOPBACK_ONLY_LOG: log },
      timeout: 120_000,
    });
    return readFileSync(log, { encoding: 'utf8', flag: 'a+' })
      .trim()
      .split('\n')
      .map((line) => line.replace(/^\d+ /, ''));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const END = '.on("error", () => {}).setTimeout(1, function () { this.destroy(); })';

test.each([
  [
    'a connection by HTTP',
    `require("node:http").get("http://198.51.100.1:8080/")${END}`,
    'connects to 198.51.100.1',
  ],
  ['a connection', `require("node:net").connect(8080, "198.51.100.1")${END}`, 'connects to 198.51.100.1'],
  ['a name', 'require("node:dns").lookup("nowhere.invalid", () => {})', 'looks up nowhere.invalid'],
  [
    'a listener',
    'const s = require("node:net").createServer().listen(0, "0.0.0.0", () => s.close())',
    'listens on 0.0.0.0',
  ],
])('%s beyond loopback is written down', (_, code, noted) => {
  expect(notedOf(code)).toContain(noted);
});

test('what stays on loopback is not', () => {
  const code = `require("node:http").get("http://127.0.0.1:9/")${END};
    require("node:net").connect({ port: 9, host: "::1" })${END};
    const s = require("node:net").createServer().listen(0, "127.0.0.1", () => s.close());`;
  expect(notedOf(code)).toEqual(['']);
});
