import type { Language } from './page.ts';

const TIME_ZONE = 'Europe/Stockholm';
const LOCALES = { sv: 'sv-SE', en: 'en-GB' } as const satisfies Record<Language, string>;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Hours that Sweden is ahead of UTC, in winter and in summer. */
const AHEAD = [1, 2];
const CLOCK = new Intl.DateTimeFormat('sv-SE', { hour: '2-digit', minute: '2-digit', timeZone: TIME_ZONE });
const CALENDAR = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeZone: TIME_ZONE });

const form = (language: Language, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(LOCALES[language], options);
const WRITTEN = { day: 'numeric', month: 'long', year: 'numeric' } as const;

/** The day in Sweden at an instant, such as `24 november 2026`. */
export function dayOf(instant: string, language: Language): string {
  return form(language, { ...WRITTEN, timeZone: TIME_ZONE }).format(new Date(instant));
}

/** The time of day in Sweden at an instant, such as `14:05`. */
export function timeOf(instant: string): string {
  return CLOCK.format(new Date(instant));
}

const SUMMER = { sv: ['sommartid', 'vintertid'], en: ['summer time', 'winter time'] } as const satisfies Record<
  Language,
  readonly string[]
>;

/** The time of day in Sweden at an instant; where the clocks show an hour twice, with which of the two it is. */
export function clockOf(instant: string, language: Language): string {
  const time = timeOf(instant);
  const [summer, winter] = SUMMER[language];
  const shifted = (hours: number) => timeOf(new Date(Date.parse(instant) + hours * HOUR_MS).toISOString()) === time;
  if (shifted(1)) return `${time} (${summer})`;
  return shifted(-1) ? `${time} (${winter})` : time;
}

/** A day given as YYYY-MM-DD, written such as `24 november 2026`. */
export function writtenDay(day: string, language: Language): string {
  return form(language, { ...WRITTEN, timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
}

/** The day before a day given as YYYY-MM-DD: the last one of a half-open period. */
export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10);
}

/** The day that an interval begins on, with the time of day if that is not midnight in Sweden. */
export function firstDay(start: string, language: Language): { readonly day: string; readonly time: string | null } {
  const isMidnight = timeOf(start) === '00:00';
  return { day: dayOf(start, language), time: isMidnight ? null : clockOf(start, language) };
}

/**
 * The last day of an interval that ends before an instant, with the time of day if the end is not at midnight in
 * Sweden.
 */
export function lastDay(end: string, language: Language): { readonly day: string; readonly time: string | null } {
  const time = timeOf(end);
  if (time !== '00:00') return { day: dayOf(end, language), time: clockOf(end, language) };
  return { day: dayOf(new Date(Date.parse(end) - 1).toISOString(), language), time: null };
}

/** The day after a day given as YYYY-MM-DD. */
export function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY_MS).toISOString().slice(0, 10);
}

/** The instant at which a day given as YYYY-MM-DD begins in Sweden; null if there is no such day. */
export function startOf(day: string): string | null {
  const midnight = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  // Date.parse reads some dates that do not exist as the first days of the next month.
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return null;
  const begins = AHEAD.map((hours) => new Date(midnight - hours * HOUR_MS)).find(
    (instant) => CALENDAR.format(instant) === day && CLOCK.format(instant) === '00:00',
  );
  return begins?.toISOString() ?? null;
}
