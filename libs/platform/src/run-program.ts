import { closeAll } from '@diecast/queue';
import { toAppError } from '@diecast/model';
import { ConfigError, configOrExit, exitForConfig, type Config } from './config/config.js';
import { createLogger, type Logger } from './logging/create-logger.js';

/** What a program has opened; closed in the order given: first what takes work, connections last. */
export type Opened = { add(...parts: readonly { close(): Promise<unknown> }[]): void };

/** Longer than an operation's step is given to stop. */
const LONGEST_GOODBYE_MS = 15_000;

/**
 * The life of a program: configuration or exit 78, start or one clear line and exit 1, then until SIGTERM or SIGINT, which
 * close everything. A second signal ends at once.
 * @param start opens parts and adds each as soon as it is open, last opened first closed
 */
export async function runProgram(
  name: string,
  start: (config: Config, log: Logger, opened: Opened) => Promise<void>,
): Promise<void> {
  const config = configOrExit();
  const log = createLogger(config);
  const parts: { close(): Promise<unknown> }[] = [];
  const close = (): Promise<void> => closeAll(parts.splice(0).toReversed());
  let leaving = false;

  const leave = (signal: NodeJS.Signals): void => {
    if (leaving) process.exit(1);
    leaving = true;
    log.info({ signal }, `${name} stops.`);
    setTimeout(() => process.exit(1), LONGEST_GOODBYE_MS).unref();
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, `${name} could not close everything.`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', leave);
  process.on('SIGINT', leave);
  process.on('unhandledRejection', (error) => {
    // A defect; whoever supervises the program starts it anew, and every operation is carried on.
    log.fatal({ err: error }, 'Something was rejected and nobody listened.');
    process.exit(1);
  });

  try {
    await start(config, log, { add: (...more) => void parts.push(...more) });
    log.info({}, `${name} runs.`);
  } catch (error) {
    if (error instanceof ConfigError) exitForConfig(error);
    const known = toAppError(error);
    log.fatal({ err: error }, `${name} could not start.`);
    process.stderr.write(`diecast: ${known.code === 'internal' ? String(error) : known.message}\n`);
    await close().catch(() => undefined);
    process.exit(1);
  }
}
