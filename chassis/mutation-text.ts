/**
 * The description of a mutation: one Swedish sentence, by which people find it, and after a blank line its English text:
 * the effect, who may call it, and its preconditions. The schema adds the cost of @fenced by itself.
 */
export function mutationText(swedish: string, english: string): string {
  return `${swedish}\n\n${english}`;
}
