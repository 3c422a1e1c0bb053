import { type Logger, pino } from 'pino';

/** A process's own log: JSON lines on stderr. It never carries operations, variables, tokens or data. */
export function createLog(name: string): Logger {
  return pino({ name }, pino.destination({ dest: 2, sync: false }));
}

/**
 * Describes a fault and its causes by class, code and place, without messages, because those may quote what the client
 * sent. The messages of jose and our own name only the claim or step that was wrong.
 */
export function describeFault(fault: unknown): readonly object[] {
  const chain: object[] = [];
  for (let error = fault; error instanceof Error && chain.length < 5; error = error.cause) {
    const [code, claim, reason] = ['code', 'claim', 'reason'].map((key) => Reflect.get(error as object, key));
    const at = error.stack?.split('\n').find((line) => line.startsWith('    at '));
    chain.push({
      name: error.name,
      ...(error.name === 'TokenRefused' ? { why: error.message } : {}),
      ...(typeof code === 'string' ? { code } : {}),
      ...(typeof claim === 'string' ? { claim } : {}),
      ...(typeof reason === 'string' ? { reason } : {}),
      ...(at === undefined ? {} : { at: at.trim() }),
    });
  }
  return chain;
}
