import { execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

let directory: string;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'fedops-shell-'));
  const command = join(directory, 'fedops');
  await writeFile(command, `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  await chmod(command, 0o755);
  env = {
    ...process.env,
    PATH: `${directory}${delimiter}${process.env.PATH}`,
    FEDOPS_SERVER_MANAGER_URL: 'http://127.0.0.1:1',
  };
});

afterAll(() => rm(directory, { recursive: true, force: true }));

/** Its tests, skipped where it is not on this machine, which is said; bash is on every one that is not Windows. */
function describeIn(shell: string): typeof describe | typeof describe.skip {
  if (spawnSync(shell, ['-c', 'exit 0']).status === 0) return describe;
  if (shell === 'bash' && process.platform !== 'win32') return describe;
  process.stderr.write(`skipped: completion in ${shell}, which is not on this machine\n`);
  return describe.skip;
}

function run(shell: string, script: string): string[] {
  const output = execFileSync(shell, ['-c', script], { env, cwd: directory, encoding: 'utf8' });
  return output.split('\n').filter((line) => line !== '');
}

/** What bash has after the words, the last of them as far as it is typed. */
function inBash(...words: string[]): string[] {
  const quoted = words.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  return run(
    'bash',
    `source <(fedops completion bash); compopt() { echo "compopt $*"; }
     COMP_WORDS=(fedops ${quoted}); COMP_CWORD=${words.length}; _fedops; printf '%s\\n' "\${COMPREPLY[@]}"`,
  );
}

describeIn('bash')('in bash', () => {
  it('completes commands, choices and files', () => {
    expect(inBash('run', 'st')).toEqual(['start', 'stop']);
    expect(inBash('model', 'get', '--format', '')).toEqual(['raw', 'safetensors', 'npz']);
    expect(inBash('task', 'create', '--file', '')).toEqual(['compopt -o default']);
  });

  it('evaluates nothing that was typed', async () => {
    const before = await readdir(directory);
    inBash('run', 'show', '$(touch evaluated)', '`touch evaluated`', '');
    expect(await readdir(directory)).toEqual(before);
  });
});

describeIn('fish')('in fish', () => {
  const inFish = (line: string) =>
    run('fish', `fedops completion fish | source; complete -C '${line}'`).map((one) => one.split('\t')[0]);

  it('completes commands, choices and files', async () => {
    await writeFile(join(directory, 'only.yaml'), '');
    expect(inFish('fedops run st')).toEqual(['start', 'stop']);
    expect(inFish('fedops model get --format ')).toEqual(['raw', 'safetensors', 'npz']);
    expect(inFish('fedops task create --file on')).toEqual(['only.yaml']);
  });
});

describeIn('zsh')('in zsh', () => {
  /** What the script hands to the completion system. */
  const inZsh = (...words: string[]) =>
    run(
      'zsh',
      `compdef() { :; }; _files() { echo FILES; }; _describe() { print -l -- \${(P)2}; }
       source <(fedops completion zsh); words=(fedops ${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length + 1}; _fedops`,
    );

  it('completes commands, choices and files', () => {
    expect(inZsh('run', 'st')).toEqual([
      expect.stringMatching(/^start:start a run/),
      expect.stringMatching(/^stop:/),
    ]);
    expect(inZsh('model', 'get', '--format', '')).toEqual(['raw:', 'safetensors:', 'npz:']);
    expect(inZsh('task', 'create', '--file', '')).toEqual(['FILES']);
  });
});

describeIn('pwsh')('in PowerShell', () => {
  it('has a script that PowerShell can read', async () => {
    const script = join(directory, 'completion.ps1');
    await writeFile(script, execFileSync('fedops', ['completion', 'powershell'], { env }));
    const parse = `$wrong = $null
      [void][System.Management.Automation.Language.Parser]::ParseFile('${script}', [ref]$null, [ref]$wrong)
      $wrong | ForEach-Object { $_.Message }`;
    expect(run('pwsh', parse)).toEqual([]);
  });
});
