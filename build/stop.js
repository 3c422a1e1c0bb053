/** Ends the process with exit code 1 and one sentence to whoever started it: an install that lacks something has no stack to show. */
export function stop(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
