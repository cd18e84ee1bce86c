import { CLIENT_IDS, PARTS, SAMPLE_TASK_ID } from './sample-task.js';

/** The words of the command that starts the sample task's next run. */
export function nextRunCommand(managerUrl: string, adminTokenFile: string): readonly string[] {
  const operator = ['--manager', managerUrl, '--token-file', adminTokenFile];
  return ['npx', 'fedops', 'run', 'start', SAMPLE_TASK_ID, '--watch', ...operator];
}

/** How a further machine takes part. */
export interface JoinLine {
  /** For the variable `FEDOPS_JOIN_TOKEN`. */
  readonly joinToken: string;
  /** The words of the command, the first of them the program. */
  readonly command: readonly string[];
}

/** @param managerUrl As the machine that joins reaches it. */
export function joinLine(managerUrl: string, joinToken: string): JoinLine {
  const part = `digits:${CLIENT_IDS.length + 1}/${PARTS}`;
  const client = ['--managed', '--manager', managerUrl, '--task-id', SAMPLE_TASK_ID, '--sample', part];
  return { joinToken, command: ['npx', '@fedops/cli', 'client', ...client, '--port', '0'] };
}

/** The line for a shell: PowerShell on Windows, else any that POSIX describes. */
export function joinText({ joinToken, command }: JoinLine, platform: NodeJS.Platform): string {
  const words = shellText(command);
  return platform === 'win32'
    ? `$env:FEDOPS_JOIN_TOKEN='${joinToken}'; ${words}`
    : `FEDOPS_JOIN_TOKEN='${joinToken}' ${words}`;
}

/** Words for a shell to read as they are, IPv6 addresses and paths with spaces among them. */
export function shellText(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word}'`)).join(' ');
}
