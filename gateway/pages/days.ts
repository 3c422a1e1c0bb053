import type { Language } from './page.ts';

const TIME_ZONE = 'Europe/Stockholm';
const LOCALES = { sv: 'sv-SE', en: 'en-GB' } as const satisfies Record<Language, string>;
const DAY_MS = 86_400_000;

const form = (language: Language, options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat(LOCALES[language], options);
const WRITTEN = { day: 'numeric', month: 'long', year: 'numeric' } as const;

/** The day in Sweden of an instant, as `24 november 2026`. */
export function dayOf(instant: string, language: Language): string {
  return form(language, { ...WRITTEN, timeZone: TIME_ZONE }).format(new Date(instant));
}

/** A day given as YYYY-MM-DD, as `24 november 2026`. */
export function writtenDay(day: string, language: Language): string {
  return form(language, { ...WRITTEN, timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
}

/** The day before one given as YYYY-MM-DD: the last one of a half-open period. */
export function dayBefore(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - DAY_MS).toISOString().slice(0, 10);
}

/** The last day of an interval that ends before an instant; with the time of day where the end is not at midnight in Sweden. */
export function lastDay(end: string, language: Language): { readonly day: string; readonly time: string | null } {
  const clock = new Intl.DateTimeFormat('sv-SE', { hour: '2-digit', minute: '2-digit', timeZone: TIME_ZONE });
  const time = clock.format(new Date(end));
  if (time !== '00:00') return { day: dayOf(end, language), time };
  return { day: dayOf(new Date(Date.parse(end) - 1).toISOString(), language), time: null };
}
