import Personnummer from 'personnummer';

/** Random ids and hashes, in which digits may stand as in a number: a number that is known is found in them all the same. */
const RANDOM = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|[0-9a-f]{32,}|[A-Za-z0-9+/_-]{43,}=?/gi;
const SHAPE = /(?<!\d)(\d{6}|\d{8})([-+ ]?)(\d{4})(?!\d)/g;

/**
 * The personal identity numbers and coordination numbers that stand in a text: whatever has the shape and a right check
 * digit, of ten or twelve digits, with a sign between or without; and those of `known` (twelve digits), in any spelling.
 */
export function identityNumbersIn(text: string, known: readonly string[] = []): string[] {
  const shaped = text.replace(RANDOM, ' ').matchAll(SHAPE);
  const found = [...shaped].map(([, date = '', sign = '', rest = '']) => `${date}${sign.trim()}${rest}`);
  const spelled = known.flatMap(spellingsOf).filter((spelling) => text.includes(spelling));
  return [...new Set([...found.filter((each) => Personnummer.valid(each)), ...spelled])];
}

/** How people write a number of twelve digits. */
export function spellingsOf(number: string): string[] {
  const [date, rest] = [number.slice(0, 8), number.slice(8)];
  return [date, date.slice(2)].flatMap((each) => ['', '-', '+', ' '].map((sign) => `${each}${sign}${rest}`));
}
