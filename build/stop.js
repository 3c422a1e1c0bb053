/**
 * Ends the process with exit code 1 and one sentence on stderr. If the install lacks something, a stack trace helps
 * nobody.
 */
export function stop(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
