/**
 * A fault that keeps the hub from starting and that the person at the keyboard can mend: the message is one sentence, made
 * to be shown alone, without a stack trace.
 */
export class StartError extends Error {
  override name = 'StartError';
}

/** What a command prints of `error` before it ends: the sentence of a StartError, else everything there is. */
export function sentenceOf(error: unknown): string {
  if (error instanceof StartError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
