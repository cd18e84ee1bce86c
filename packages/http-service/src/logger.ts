import pino from 'pino';
import { loggable } from './loggable.js';

/** Where a service writes what it does: facts for machines first, then a sentence. A pino logger fits. */
export interface Logger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** A logger that drops everything. */
export const silentLogger: Logger = {
  info: () => {},
  warn: () => {},
  error: () => {},
};

/**
 * A logger that writes JSON lines to stderr.
 *
 * Fields that are called like a credential are replaced, errors are written with their causes, and of arrays of
 * numbers only the length is told. Messages are written as they are: put no secret into one. Never throws: lines that
 * cannot be written, on a full disk for one, are lost.
 *
 * @param name Of the service; stands in every line.
 */
export function createLogger(name: string): Logger {
  return loggerTo(name, linesTo(2));
}

/** So much of what cannot be written waits for better times, in bytes. */
const MAX_WAITING_BYTES = 1024 ** 2;

/** A full disk, or a reader that went away, ends the log and not the service: what cannot be written is lost. */
function linesTo(fileDescriptor: number): pino.DestinationStream {
  const lines = pino.destination({ dest: fileDescriptor, sync: true, maxLength: MAX_WAITING_BYTES });
  lines.on('error', () => {});
  return lines;
}

/** As `createLogger`, with the lines going where the caller says. */
export function loggerTo(name: string, destination: pino.DestinationStream): Logger {
  const options: pino.LoggerOptions = {
    name,
    base: { pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: (value: unknown) => value },
    formatters: {
      level: (level) => ({ level }),
      log: (fields) => loggable(fields) as Record<string, unknown>,
    },
  };
  return pino(options, destination);
}
