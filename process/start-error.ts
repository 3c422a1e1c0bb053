/**
 * A fault that keeps the hub from starting and that the person at the keyboard can fix. Its message is one sentence,
 * shown alone, without a stack trace.
 */
export class StartError extends Error {
  override name = 'StartError';
}
