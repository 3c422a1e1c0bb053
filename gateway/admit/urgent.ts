/** The mutations that no bound refuses: a withdrawal and a refusal count at once (C6; docs/design.md, section 3.8). */
export const NEVER_REFUSED = ['withdrawConsent', 'refuseConsent'] as const;

/** Characters of the longest text that is urgent; a mutation with its receipt takes a tenth of it. */
const LONGEST = 4_000;

const NAMED = new RegExp(`\\b(?:${NEVER_REFUSED.join('|')})\\b`);

/**
 * True if the text names such a mutation. It is not parsed, since that is what it waits for: a text that only looks like one gets no
 * more than another turn of its own caller's, and takes nobody's place.
 */
export function isUrgent(text: string): boolean {
  return text.length <= LONGEST && NAMED.test(text);
}
