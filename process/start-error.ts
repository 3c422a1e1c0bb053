/**
 * A fault that keeps the hub from starting and that the person at the keyboard can mend: the message is one sentence, made
 * to be shown alone, without a stack trace.
 */
export class StartError extends Error {
  override name = 'StartError';
}
