import type { ErrorCode } from '../../schema/errors.ts';
import { notice } from './notice.ts';
import type { Language, Page } from './page.ts';

interface Refusal {
  readonly title: string;
  readonly text: string;
}

const NOT_PERMITTED: Readonly<Record<Language, Refusal>> = {
  sv: {
    title: 'Sidan kan inte visas',
    text: 'Du får inte se den, eller så finns den inte. Kontrollera adressen, eller fråga din chef.',
  },
  en: {
    title: 'The page cannot be shown',
    text: 'You are not allowed to see it, or it does not exist. Check the address, or ask your manager.',
  },
};

const BUSY: Readonly<Record<Language, Refusal>> = {
  sv: { title: 'Sidan kan inte visas just nu', text: 'En del av systemet svarar inte. Försök igen om en liten stund.' },
  en: {
    title: 'The page cannot be shown right now',
    text: 'A part of the system is not responding. Try again in a moment.',
  },
};

const FAULTY: Readonly<Record<Language, Refusal>> = {
  sv: {
    title: 'Något gick fel',
    text: 'Försök igen. Om felet är kvar, meddela dem som driver systemet och uppge svarets samsyn-request-id.',
  },
  en: {
    title: 'Something went wrong',
    text: 'Try again. If the error remains, tell the people who run the system, and give them the response’s samsyn-request-id.',
  },
};

const LOGGED_OUT: Readonly<Record<Language, Refusal>> = {
  sv: { title: 'Logga in', text: 'Du är inte inloggad, eller inloggningen har gått ut. Logga in igen.' },
  en: { title: 'Log in', text: 'You are not logged in, or your session has expired. Log in again.' },
};

const WRONG: Readonly<Record<Language, Refusal>> = {
  sv: {
    title: 'Adressen är fel',
    text: 'Språket är language=sv eller language=en. En tid är från och med en dag, from=2026-01-31, till och med en dag, to=2026-06-30, högst ett år. Rätta adressen.',
  },
  en: {
    title: 'The address is wrong',
    text: 'The language must be language=sv or language=en. A period runs from one day, from=2026-01-31, up to and including another, to=2026-06-30, and is at most a year. Correct the address.',
  },
};

const TOO_MUCH: Readonly<Record<Language, Refusal>> = {
  sv: { title: 'Det blir för mycket för en sida', text: 'Välj en kortare tid, och hämta resten på en sida till.' },
  en: { title: 'This is too much for one page', text: 'Choose a shorter period, and open the rest as another page.' },
};

/** The page and status in place of an error of each code; the same whatever the cause (C12). */
const REFUSALS: Readonly<Record<ErrorCode, readonly [number, Readonly<Record<Language, Refusal>>]>> = {
  UNAUTHENTICATED: [401, LOGGED_OUT],
  FORBIDDEN: [403, NOT_PERMITTED],
  CONSENT_REQUIRED: [403, NOT_PERMITTED],
  BAD_USER_INPUT: [400, WRONG],
  BAD_REQUEST: [400, WRONG],
  CONFLICT: [409, BUSY],
  RATE_LIMITED: [429, BUSY],
  SUBGRAPH_UNAVAILABLE: [503, BUSY],
  IDENTITY_PROVIDER_UNAVAILABLE: [503, BUSY],
  LOG_UNAVAILABLE: [503, BUSY],
  DEADLINE_EXCEEDED: [503, BUSY],
  LIMIT_EXCEEDED: [400, TOO_MUCH],
  GRAPHQL_PARSE_FAILED: [500, FAULTY],
  GRAPHQL_VALIDATION_FAILED: [500, FAULTY],
  INTERNAL_SERVER_ERROR: [500, FAULTY],
};

/** The page in place of one that cannot be shown. */
export function refusal(code: ErrorCode, language: Language): Page {
  const [status, texts] = REFUSALS[code];
  return notice(status, language, texts[language]);
}
