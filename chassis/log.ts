import { type Logger, pino } from 'pino';

/** A process's own log: JSON lines on stderr. It never carries content, questions or input. */
export function createLog(name: string): Logger {
  return pino({ name, level: 'info' }, pino.destination({ dest: 2, sync: false }));
}

/**
 * Logs a failure by the class, code and place of the error and of its causes. Messages of databases quote values, so no message
 * is logged.
 */
export function logFault(log: Logger, what: string, fault: unknown): void {
  const chain: { name: string; code?: string; at?: string }[] = [];
  for (let error = fault; error instanceof Error && chain.length < 5; error = error.cause) {
    const code: unknown = Reflect.get(error, 'code');
    const at = error.stack
      ?.split('\n')
      .find((line) => line.startsWith('    at '))
      ?.trim();
    chain.push({
      name: error.name,
      ...(typeof code === 'string' ? { code } : {}),
      ...(at === undefined ? {} : { at }),
    });
  }
  log.error({ what, chain }, 'fault');
}
