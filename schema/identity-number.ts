/** Characters that nobody sees as their own, such as a zero-width space, a soft hyphen, or the frame that makes a digit a keycap. */
const HIDDEN = String.raw`\p{Cf}\p{Default_Ignorable_Code_Point}\p{M}`;
const UNSEEN = `[${HIDDEN}]*`;
/** Dashes, and characters that look like one and are none to Unicode: a modifier, a bullet, a heavy minus and a line of a box. */
const DASH = String.raw`\p{Dash}\u02d7\u2043\u2796\u2500`;
/** Dashes, spaces and unseen characters, as people write them between the parts of a number. */
const SIGN = String.raw`[${DASH}\p{White_Space}+${HIDDEN}]*`;

const digits = (count: number): string => Array(count).fill(String.raw`\d`).join(UNSEEN);

/** A number's century, date and last four digits, with signs at the two places where numbers have them. */
const SHAPE = `(?:(?<century>${['18', '19', '20'].map((each) => each.split('').join(UNSEEN)).join('|')})${SIGN})?(?<date>${digits(6)})(?<sign>${SIGN})(?<last>${digits(4)})`;
// A mark belongs to the letter or the digit before it.
const ANYWHERE = new RegExp(String.raw`(?=\d)(?<![\p{L}\p{N}]\p{M}*)${SHAPE}(?!\p{M}*[\p{L}\p{N}])`, 'gu');
const AROUND = String.raw`[\p{White_Space}${HIDDEN}]*`;
const WHOLE = new RegExp(`^${AROUND}${SHAPE}${AROUND}$`, 'u');

const IS_DASH = new RegExp(`[${DASH}]`, 'u');
const UUID = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi;

/** The parts of a text that has the shape of a number. */
interface Shaped {
  /** The first two digits of the year, or an empty text. */
  readonly century: string;
  /** Year, month and day, two digits each. */
  readonly date: string;
  /** `+`, `-` or an empty text. */
  readonly sign: string;
  readonly last: string;
}

/**
 * The twelve digits of a personal identity number (personnummer, SKV 704) or coordination number (samordningsnummer, SKV 707)
 * that somebody can have; null for any other text. `today` is the date in Sweden, YYYY-MM-DD: nobody is born after it. The text
 * may have ten digits, of which the latest possible century is taken, and any spelling that holdsIdentityNumber recognises.
 */
export function identityNumberOn(text: string, today: string): string | null {
  const shaped = shapedIn(WHOLE.exec(folded(text)));
  if (shaped === null || shaped.last.startsWith('000') || !hasCheckDigit(shaped)) return null;
  const year = yearOf(shaped, today);
  if (year === null || !isBirthDate(year, shaped.date, today)) return null;
  return `${year}${shaped.date.slice(2)}${shaped.last}`;
}

/**
 * True if something in the text looks like a personal identity number or coordination number, also in full-width digits, with
 * as keycaps or under other marks, with any dash, space or invisible character where numbers have a sign. It errs on the side of finding one: the date need not exist.
 * What stands directly after or before a letter or a digit is no number, and UUIDs are not searched: 0.15 % of random ones would
 * look like one.
 */
export function holdsIdentityNumber(text: string): boolean {
  return [...folded(text).replace(UUID, ' ').matchAll(ANYWHERE)].some((match) => {
    const shaped = shapedIn(match);
    return shaped !== null && looksLikeDate(shaped.date) && hasCheckDigit(shaped);
  });
}

/** The text in the one form of characters that look the same (Unicode NFKC), and with every script's digits as 0 to 9. */
function folded(text: string): string {
  return text.normalize('NFKC').replaceAll(/(?!\d)\p{Nd}/gu, digitValue);
}

/** The value of a decimal digit. Unicode has the ten of a script side by side, in their order. */
function digitValue(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before += 1;
  return String(before % 10);
}

function shapedIn(match: RegExpMatchArray | null): Shaped | null {
  if (match?.groups === undefined) return null;
  const { century = '', date = '', sign = '', last = '' } = match.groups;
  const plain = (part: string) => part.replaceAll(/\D/g, '');
  const written = sign.includes('+') ? '+' : IS_DASH.test(sign) ? '-' : '';
  return { century: plain(century), date: plain(date), sign: written, last: plain(last) };
}

function looksLikeDate(date: string): boolean {
  const [month, day] = [Number(date.slice(2, 4)), Number(date.slice(4))];
  return month <= 12 && ((day >= 1 && day <= 31) || (day >= 60 && day <= 91));
}

/** The check digit of SKV 704: the digits, every other one doubled, have digits whose sum ends in 0. */
function hasCheckDigit({ date, last }: Shaped): boolean {
  const sum = [...`${date}${last}`].reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 2 : 1);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** The year of birth. In the year in which somebody turns 100 the hyphen becomes a plus sign. Null if the signs contradict. */
function yearOf({ century, date, sign }: Shaped, today: string): string | null {
  const [yy, thisYear] = [date.slice(0, 2), Number(today.slice(0, 4))];
  const isOld = (year: number) => year <= thisYear - 100;
  if (century !== '') return sign === '+' && !isOld(Number(century + yy)) ? null : century + yy;
  const years = [20, 19, 18].map((each) => Number(`${each}${yy}`));
  const fits = (year: number) =>
    sign === '+' ? isOld(year) : sign === '-' ? !isOld(year) && year <= thisYear : isBirthDate(`${year}`, date, today);
  const year = years.find(fits);
  return year === undefined ? null : String(year);
}

/**
 * True for a day that exists and is not after today. In a coordination number the day is 60 more. There the Tax Agency writes day
 * 60 if the day of birth is not known, and month 00 if the month is not.
 */
function isBirthDate(year: string, date: string, today: string): boolean {
  const [month, written] = [date.slice(2, 4), Number(date.slice(4))];
  const isCoordination = written >= 60;
  const day = isCoordination ? written - 60 : written;
  if (!isCoordination && (month === '00' || day === 0)) return false;
  // The part of the date that is known.
  const known = [year, ...(month === '00' ? [] : [month, ...(day === 0 ? [] : [String(day).padStart(2, '0')])])].join(
    '-',
  );
  const lastDay = month === '00' ? 31 : new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();
  return Number(month) <= 12 && day <= lastDay && known <= today.slice(0, known.length);
}
