/**
 * The description of a mutation: one Swedish sentence, by which people find it, a blank line, and the English text with the
 * effect, the callers and the preconditions. The schema adds the cost of @fenced by itself.
 */
export function mutationText(swedish: string, english: string): string {
  return `${swedish}\n\n${english}`;
}
