/**
 * Codes of connections that cannot be made or have broken: Node's own, and PostgreSQL's for a server that stops, starts, is full,
 * or is a standby.
 */
const CODES =
  /^(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|08...|57P0[1-3]|53300|25006)$/;

/** Messages of pg that come without a code. */
const MESSAGES =
  /^(?:Connection terminated|timeout exceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error)/;

/** True if the error, or a cause of it, is that a database could not be reached. */
export function isUnreachable(fault: unknown): boolean {
  const seen = new Set<unknown>();
  const waiting = [fault];
  for (const each of waiting) {
    if (typeof each !== 'object' || each === null || seen.has(each)) continue;
    seen.add(each);
    const { code, message, cause, previous, errors } = each as Readonly<Record<string, unknown>>;
    if (matches(CODES, code) || matches(MESSAGES, message)) return true;
    // An ORM keeps the driver's error as `previous`; several addresses of a host fail as one error with `errors`.
    waiting.push(cause, previous, ...(Array.isArray(errors) ? (errors as unknown[]) : []));
  }
  return false;
}

const matches = (pattern: RegExp, value: unknown): boolean => typeof value === 'string' && pattern.test(value);
