import { resolve } from 'node:path';
import type { Command } from 'commander';
import { type Call, calling } from '../../call.js';
import { connectionOf } from '../../config/connection.js';
import type { CommandContext } from '../../context.js';
import { openManagerLine } from '../../manager-api/manager-line.js';
import { managingCommand } from '../../manager-api/managing-command.js';
import { BadOutcome } from '../../output/bad-outcome.js';
import { printable } from '../../output/printable.js';
import type { Style } from '../../output/style.js';
import type { Check } from './check.js';
import { checkClientApp } from './check-client-app.js';
import { checkConfig } from './check-config.js';
import { checkDataDir } from './check-data-dir.js';
import { checkManager } from './check-manager.js';
import { checkNode } from './check-node.js';
import { checkPort, USUAL_PORTS } from './check-port.js';
import { knownManagerVersion } from './known-manager-version.js';

/** `fedops doctor`. */
export function addDoctorCommand(program: Command, context: CommandContext): void {
  managingCommand(
    program,
    'doctor',
    'look at this machine and its services; exits with 1 where something fails',
  )
    .option('--data-dir <path>', 'data directory to look at', '.fedops/manager')
    .option('--client-app <url>', 'client app that shall answer')
    .action(
      calling(context, async (call) => {
        const checks = await allChecks(call);
        const failed = checks.filter(({ status }) => status === 'fail').length;
        call.output.result({ ok: failed === 0, checks }, (_, style) => checksText(checks, style));
        if (failed > 0) throw new BadOutcome(`${failed} checks failed`);
      }),
    );
}

async function allChecks(call: Call): Promise<readonly Check[]> {
  const { context, flags } = call;
  const { fetch, signal, cwd } = context;
  const config = await checkConfig(call);
  const [dataDir, client, manager] = await Promise.all([
    checkDataDir(resolve(cwd, String(flags.dataDir))),
    typeof flags.clientApp === 'string' ? checkClientApp(fetch, flags.clientApp, signal) : undefined,
    // It says where the manager is.
    config.status === 'fail' ? [] : managerChecks(call),
  ]);
  // Later: a port that is tried would answer whoever looks for a service there.
  const ports = await Promise.all(USUAL_PORTS.map((port) => checkPort(fetch, port, signal)));
  return [
    checkNode(process.versions.node),
    config,
    ...dataDir,
    ...ports,
    ...manager,
    ...(client === undefined ? [] : [client]),
  ];
}

async function managerChecks(call: Call): Promise<readonly Check[]> {
  const { context, flags, config } = call;
  const connection = await connectionOf(call);
  const { values } = (await config()).section('connection');
  return checkManager({
    manager: openManagerLine(context, connection),
    now: context.clock.now,
    isNamed: (flags.manager ?? context.env.FEDOPS_SERVER_MANAGER_URL ?? values.manager) !== undefined,
    knownVersion: knownManagerVersion(),
    signal: context.signal,
  });
}

function checksText(checks: readonly Check[], { green, yellow, red, dim }: Style): string {
  const colour = { ok: green, warn: yellow, fail: red } as const;
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks
    .flatMap(({ name, status, message, advice }) => [
      `${colour[status](status.padEnd(4))}  ${printable(name).padEnd(width)}  ${message.split('\n').map(printable).join('; ')}`,
      ...(advice === undefined ? [] : [dim(`${' '.repeat(6 + width)}  ${printable(advice)}`)]),
    ])
    .join('\n');
}
