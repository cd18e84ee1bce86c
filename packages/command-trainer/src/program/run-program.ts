import { type ChildProcess, spawn } from 'node:child_process';
import type { Clock } from '@fedops/client-session';
import { atProcessExit } from './at-process-exit.js';
import { createLineSplitter } from './line-splitter.js';
import { HAS_PROCESS_GROUPS, isRunning, signalGroup } from './process-group.js';
import type { ProgramEnd, ProgramReport, StopReason } from './program-end.js';
import { createTextTail } from './text-tail.js';

/** A program to run. */
export interface Program {
  readonly command: readonly [string, ...string[]];
  readonly cwd: string | undefined;
  /** All of it: nothing of this process's is added. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number | undefined;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
  readonly stderrLength: number;
}

/** A line that a program wrote, without its end. */
export interface ProgramLine {
  readonly from: 'stdout' | 'stderr';
  readonly text: string;
}

/** What a running program is watched with. */
export interface Watch {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly onLine: (line: ProgramLine) => void;
}

/** Of a line that is passed on. */
const MAX_LINE_LENGTH = 1_000;

/** A killed process that has not ended by then waits within the system and is left to it. */
const KILL_MS = 5_000;

/** A process that left the group may hold the program's output open; it is not waited for any longer. */
const DRAIN_MS = 1_000;

/**
 * Runs a program to its end, as the leader of a group of its own where the platform has groups. When this resolves,
 * whatever was in the group has been killed. Never rejects.
 *
 * @param spawnChild Starts processes; Node's own by default.
 */
export async function runProgram(
  program: Program,
  watch: Watch,
  spawnChild: typeof spawn = spawn,
): Promise<ProgramReport> {
  if (watch.signal.aborted) return { end: { kind: 'stopped', reason: 'aborted' }, stderr: '' };
  const started = start(program, spawnChild);
  if (started.kind === 'not-started') return { end: started, stderr: '' };
  const { child } = started;
  const release = atProcessExit(() => {
    if (isRunning(child)) signalGroup(child, 'SIGKILL');
  });
  const over = new AbortController();
  const pause: Pause = (ms) => watch.clock.sleep(ms, over.signal).catch(() => undefined);
  try {
    const output = listenTo(child, program, watch);
    const ended = endOf(child);
    const end = await Promise.race([ended, stopOf(program, watch, over.signal)]);
    if (end.kind === 'stopped') await stop(child, { ended, pause, graceMs: program.graceMs });
    if (end.kind !== 'not-started') await Promise.race([output.closed, pause(DRAIN_MS)]);
    return { end, stderr: output.finish() };
  } finally {
    over.abort();
    release();
    child.stdout?.destroy();
    child.stderr?.destroy();
    child.unref();
  }
}

type NotStarted = Extract<ProgramEnd, { kind: 'not-started' }>;
type Stopped = Extract<ProgramEnd, { kind: 'stopped' }>;

/** Resolves after so long, or when nobody waits any more. */
type Pause = (ms: number) => Promise<void>;

function start(
  { command, cwd, env }: Program,
  spawnChild: typeof spawn,
): { kind: 'started'; child: ChildProcess } | NotStarted {
  const [file, ...args] = command;
  try {
    const child = spawnChild(file, args, {
      ...(cwd === undefined ? {} : { cwd }),
      env: { ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: HAS_PROCESS_GROUPS,
      windowsHide: true,
    });
    return { kind: 'started', child };
  } catch (cause) {
    return { kind: 'not-started', cause: cause as Error };
  }
}

function endOf(child: ChildProcess): Promise<ProgramEnd> {
  return new Promise((resolve) => {
    child.on('error', (cause) => {
      if (child.pid === undefined) resolve({ kind: 'not-started', cause });
    });
    child.once('exit', (code, signal) => {
      // At once: the group's number belongs to whoever is left in it, and to anybody once nobody is.
      signalGroup(child, 'SIGKILL');
      resolve(code === null ? { kind: 'killed', signal: String(signal) } : { kind: 'exited', code });
    });
  });
}

function stopOf({ timeoutMs }: Program, { clock, signal }: Watch, over: AbortSignal): Promise<Stopped> {
  return new Promise((resolve) => {
    const stopped = (reason: StopReason) => resolve({ kind: 'stopped', reason });
    if (signal.aborted) stopped('aborted');
    signal.addEventListener('abort', () => stopped('aborted'), { once: true, signal: over });
    if (timeoutMs === undefined) return;
    clock.sleep(timeoutMs, over).then(
      () => stopped('timed-out'),
      () => undefined,
    );
  });
}

interface Stopping {
  readonly ended: Promise<ProgramEnd>;
  readonly pause: Pause;
  readonly graceMs: number;
}

async function stop(child: ChildProcess, { ended, pause, graceMs }: Stopping): Promise<void> {
  if (isRunning(child)) signalGroup(child, 'SIGTERM');
  await Promise.race([ended, pause(graceMs)]);
  if (!isRunning(child)) return;
  signalGroup(child, 'SIGKILL');
  await Promise.race([ended, pause(KILL_MS)]);
}

interface Output {
  /** Resolves once nobody can write any more. */
  readonly closed: Promise<void>;
  /** Passes on what is left and tells the tail of standard error. */
  finish(): string;
}

function listenTo(child: ChildProcess, { stderrLength }: Program, { onLine }: Watch): Output {
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  const tail = createTextTail(stderrLength);
  const lines = {
    stdout: createLineSplitter(MAX_LINE_LENGTH, (text) => onLine({ from: 'stdout', text })),
    stderr: createLineSplitter(MAX_LINE_LENGTH, (text) => onLine({ from: 'stderr', text })),
  };
  child.stdout?.setEncoding('utf8').on('data', lines.stdout.push);
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    tail.push(text);
    lines.stderr.push(text);
  });
  return {
    closed,
    finish() {
      lines.stdout.end();
      lines.stderr.end();
      return tail.text();
    },
  };
}
