import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem, type } from 'node:os';

/** Where and when a measurement was taken. */
export function machine() {
  return {
    takenOn: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0].model,
    cores: cpus().length,
    memoryGibibytes: Math.round(totalmem() / 1024 ** 3),
    system: `${type()} ${release()}${distribution()}`,
    node: process.versions.node,
    load: Math.round(loadavg()[0] * 10) / 10,
  };
}

function distribution() {
  try {
    const name = /^PRETTY_NAME="(.+)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];
    return name === undefined ? '' : `, ${name}`;
  } catch {
    return '';
  }
}
