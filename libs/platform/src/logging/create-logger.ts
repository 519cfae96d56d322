import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger } from 'pino';
import type { Config } from '../config/config.js';

export type { Logger } from 'pino';

/** JSON lines on stdout. Tokens never reach it. */
export function createLogger(config: Pick<Config, 'logLevel'>, destination?: DestinationStream): Logger {
  const options = {
    level: config.logLevel,
    base: null,
    redact: ['req.headers', 'headers.authorization', 'token', '*.token', '*.password'],
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

/** What the framework itself says, in the same log. */
export function nestLogger(log: Logger): LoggerService {
  const write =
    (level: 'debug' | 'trace' | 'warn' | 'error' | 'fatal') =>
    (message: unknown, ...more: readonly unknown[]): void => {
      const context = more.at(-1);
      const facts = {
        ...(typeof context === 'string' ? { context } : {}),
        ...(message instanceof Error ? { err: message } : {}),
      };
      log[level](facts, message instanceof Error ? message.message : String(message));
    };
  return {
    // Nest tells every route and module at start: that is for debugging.
    log: write('debug'),
    debug: write('debug'),
    verbose: write('trace'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
  };
}
