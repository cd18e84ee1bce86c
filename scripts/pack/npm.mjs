import { spawnSync } from 'node:child_process';

/**
 * Runs the npm that runs this script, and returns what it printed.
 *
 * @throws where npm fails, with what it said.
 */
export function npm(args, cwd) {
  const path = process.env.npm_execpath;
  if (path === undefined) throw new Error('call this script through npm: npm run pack:check');
  return run([path, ...args], cwd);
}

/** Runs Node with these arguments, and returns what it printed. */
export function run(args, cwd) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (status !== 0) throw new Error(`${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}
