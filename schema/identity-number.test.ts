import { describe, expect, test } from '@jest/globals';
import { holdsIdentityNumber, identityNumberOn } from './identity-number.ts';

const TODAY = '2026-11-30';
const two = (value: number) => String(value).padStart(2, '0');
const upTo = (last: number) => Array.from({ length: last + 1 }, (_, value) => value);

/** The check digit that SKV 704 works out for nine digits. */
function checkDigit(nine: string): number {
  const products = [...nine].map((digit, place) => String(Number(digit) * (place % 2 === 0 ? 2 : 1))).join('');
  return (10 - ([...products].reduce((sum, digit) => sum + Number(digit), 0) % 10)) % 10;
}

const numberFor = (year: number, month: number, day: number, serial = '238'): string => {
  const date = `${year}${two(month)}${two(day)}`;
  return `${date}${serial}${checkDigit(`${date.slice(2)}${serial}`)}`;
};

/** True if the calendar has the day and it is not after today. */
function exists(year: number, month: number, day: number): boolean {
  const text = `${year}-${two(month)}-${two(day)}`;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text) && text <= TODAY;
}

/** The dates of the Tax Agency’s lists: days that exist; 60 more in coordination numbers, where day 60 and month 00 mean unknown. */
function isIssued(year: number, month: number, day: number): boolean {
  if (day < 60) return exists(year, month, day);
  if (month === 0) return day <= 91 && year <= 2026;
  return month <= 12 && exists(year, month, day === 60 ? 1 : day - 60);
}

describe('a number that is taken', () => {
  // 2000 and 2012 are leap years, 1900 and 2011 are not; 2026 has days ahead; 1926 turned 100 this year; 2027 has not begun.
  test.each([1890, 1900, 1912, 1926, 1927, 2000, 2011, 2012, 2026, 2027])(
    'is of an issued date, in every month, day and spelling of %i',
    (year) => {
      const wrong = upTo(13).flatMap((month) =>
        upTo(99).flatMap((day) => {
          const number = numberFor(year, month, day);
          const [date, last] = [number.slice(2, 8), number.slice(8)];
          const right = isIssued(year, month, day);
          const isLatest = year > 1926 || !isIssued(year + 100, month, day);
          const expected: [string, boolean][] = [
            [number, right],
            [`${year}${number.slice(4, 8)}-${last}`, right],
            [`${year}${number.slice(4, 8)}+${last}`, right && year <= 1926],
            [`${date}-${last}`, right && year > 1926],
            [`${date}+${last}`, right && year <= 1926 && year > 1826],
            [`${date}${last}`, right && isLatest],
          ];
          return expected
            .filter(([text, is]) => (identityNumberOn(text, TODAY) === number) !== is)
            .map(([text]) => text);
        }),
      );
      expect(wrong).toEqual([]);
    },
  );

  test('has the one right check digit of ten, whatever the others are', () => {
    const serials = upTo(999).map((serial) => String(serial).padStart(3, '0'));
    const right = serials.map((serial) => numberFor(2010, 1, 1, serial));
    const taken = serials.flatMap((serial) =>
      upTo(9)
        .map((digit) => `20100101${serial}${digit}`)
        .filter((text) => identityNumberOn(text, TODAY) === text),
    );
    // 000 is nobody’s.
    expect(taken).toEqual(right.slice(1));
  });

  test.each([
    ['201003602396', '201003602396'],
    ['100360-2396', '201003602396'],
    ['201100602398', '201100602398'],
    ['110060-2398', '201100602398'],
    ['191500882392', '191500882392'],
    ['150088+2392', '191500882392'],
    ['199001012385', '199001012385'],
    ['1990\u00a00101 2385', null],
    ['19 900101-2385', '199001012385'],
    ['900101\u00a0–\u00a02385', '199001012385'],
    [' \uff11\uff19\uff19\uff10\uff10\uff11\uff10\uff11\u22122385\n', '199001012385'],
    ['1990\u200b0101\u00ad2385', '199001012385'],
    ['150088\u02d72392', '201500882392'],
    ['19900101\u02d72385', '199001012385'],
    ['٩٠٠١٠١-٢٣٨٥', '199001012385'],
    ['९००१०१-२३८५', '199001012385'],
    ['19900101-2384', null],
    ['-199001012385', null],
    ['PNOSE-199001012385', null],
    ['20130101TF01', null],
    ['', null],
  ])('%j is %j', (text, number) => {
    expect(identityNumberOn(text, TODAY)).toBe(number);
  });

  test('is of nobody born ahead of today, and of those born today', () => {
    const born = ['2026-11-29', '2026-11-30', '2026-12-01'].map((day) => {
      const [year = 0, month = 0, date = 0] = day.split('-').map(Number);
      return numberFor(year, month, date);
    });
    expect(born.map((number) => identityNumberOn(number, TODAY) !== null)).toEqual([true, true, false]);
    expect(born.map((number) => identityNumberOn(number.slice(2), TODAY)?.slice(0, 4))).toEqual([
      '2026',
      '2026',
      '1926',
    ]);
  });
});

/** The digits as keycaps. */
function keycaps(digits: string): string {
  return [...digits].map((digit) => `${digit}\ufe0f\u20e3`).join('');
}

describe('something that looks like a number', () => {
  test('is found for every number that is taken, in every spelling', () => {
    const signs = [
      '',
      '-',
      '+',
      ' ',
      '\u00a0',
      '\u202f',
      ' - ',
      '\u2010',
      '\u2011',
      '–',
      '—',
      '\u2212',
      '\u02d7',
      '\u2043',
      '\u2796',
      '\u2500',
      '\u200b',
      '\u2060',
      '\u00ad',
      '\t',
      '\n',
    ];
    const missed = [2012].flatMap((year) =>
      upTo(12).flatMap((month) =>
        upTo(91)
          .filter((day) => isIssued(year, month, day))
          .flatMap((day) => {
            const number = numberFor(year, month, day);
            const spelled = signs.flatMap((sign) => [
              `${number.slice(0, 8)}${sign}${number.slice(8)}`,
              `${number.slice(2, 8)}${sign}${number.slice(8)}`,
              `${number.slice(0, 2)}${sign}${number.slice(2, 8)}${sign}${number.slice(8)}`,
            ]);
            return spelled.filter((text) => !holdsIdentityNumber(`om (${text}).`));
          }),
      ),
    );
    expect(missed).toEqual([]);
  });

  test.each([
    '201001012382',
    'Om 20100101-2382 i skolan',
    '100101+2382',
    // Its date need not exist.
    numberFor(2010, 2, 31),
    `om ${numberFor(2099, 1, 1)}`,
    'PNOSE-199001012385',
    'PNOSE-19900101-2385',
    'bankid-199001012385',
    'bankid|199001012385',
    'urn:pnr:199001012385',
    'a_199001012385',
    '12\u200b199001012385',
    '19900101\u02d72385',
    keycaps('199001012385'),
    `(${keycaps('900101')}-${keycaps('2385')})`,
    // Under a ring, a stroke and a circle each.
    [...'199001012385'].map((digit, n) => digit + '\u030a\u0336\u20dd'.charAt(n % 3)).join(''),
    '1\u034f9900101-238\u03015\u0301 and more',
    '１９９００１０１２３８５',
    '¹⁹⁹⁰⁰¹⁰¹²³⁸⁵',
    '①⑨⑨⓪⓪①⓪①②③⑧⑤',
    '19900101\u200d-\u200d2385',
    '1\u200b9900101\u20602385',
    '٩٠٠١٠١-٢٣٨٥',
    '𝟗𝟎𝟎𝟏𝟎𝟏-𝟐𝟑𝟖𝟓',
    '201003602396',
    '100360-2396',
    '201100602398',
    '110060-2398',
    '191500882392',
    'call 0707767612',
  ])('is found in %j', (text) => {
    expect(holdsIdentityNumber(text)).toBe(true);
  });

  test.each([
    '',
    '201001012383',
    '20101301-2382',
    keycaps('00201001012382'),
    keycaps('201001012383'),
    keycaps('12010010123821'),
    `${keycaps('201001012382')}x`,
    'x\u0301100101-2382',
    '00201001012382',
    'pnr1001012382x',
    'x199001012385',
    '199001012385é',
    '1990010123855',
    '2026-11-24 16:55:26.123456+00',
    'call +46 70 776 76 12, or +46707767612',
    '070-776 76 12',
    // Parts of random ids and hashes that look like a number.
    '019fa479-edd0-774d-b163-201001012382',
    `ab201001012382${'cd'.repeat(9)}`,
  ])('is not found in %j', (text) => {
    expect(holdsIdentityNumber(text)).toBe(false);
  });

  test('is no telephone number with a country code', () => {
    const operators = ['70', '72', '73', '76', '79'];
    const numbers = operators.flatMap((operator) =>
      upTo(1999).map((n) => `+46${operator}${String(n * 4999 + 1).padStart(7, '0')}`),
    );
    expect(numbers.filter(holdsIdentityNumber)).toEqual([]);
  });

  test('is looked for in a long text in no time', () => {
    const began = performance.now();
    for (const text of [
      '19 '.repeat(40_000),
      '900101 '.repeat(20_000),
      `900101${' '.repeat(100_000)}x`,
      '1'.repeat(100_000),
    ]) {
      expect(holdsIdentityNumber(text)).toBe(false);
    }
    expect(performance.now() - began).toBeLessThan(2_000);
  });
});
