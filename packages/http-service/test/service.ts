import { createServer } from 'node:http';
import express, { type Express } from 'express';
import {
  answerErrors,
  answerNotFound,
  type Listener,
  type Logger,
  listen,
  silentLogger,
} from '../src/index.js';

export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly fields: object;
  readonly message: string;
}

/** A logger that remembers. */
export function rememberingLogger(): Logger & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (fields: object, message: string) => {
    lines.push({ level, fields, message });
  };
  return { lines, info: at('info'), warn: at('warn'), error: at('error') };
}

/** An app with the given routes, served on a free port of loopback. */
export function serve(addRoutes: (app: Express) => void, logger: Logger = silentLogger): Promise<Listener> {
  const app = express();
  addRoutes(app);
  app.use(answerNotFound(), answerErrors({ logger }));
  return listen(app, { port: 0, credentials: false }, { logger });
}

/** A port that somebody else holds, and the way to let it go. */
export async function takenPort(): Promise<{ port: number; release: () => Promise<void> }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address');
  return { port: address.port, release: () => new Promise((resolve) => server.close(() => resolve())) };
}
