import { html } from '../html.ts';
import { notice } from '../notice.ts';
import type { Language, Page } from '../page.ts';
import type { ConsentFormAnswer, FormSigner } from './answer.ts';
import { en } from './en.ts';
import { linesOf } from './lines.ts';
import { type Form, type Reader, sheet } from './sheet.ts';
import { sv } from './sv.ts';
import type { ConsentFormTexts } from './texts.ts';

const TEXTS: Readonly<Record<Language, ConsentFormTexts>> = { sv, en };

/** The statuses of a version that can never be signed again (C7). */
const FINAL = ['REFUSED', 'WITHDRAWN', 'SUPERSEDED', 'EXPIRED'];

/**
 * The consent form: one sheet for each person who is asked to sign, with lines for name and number, because the hub
 * knows neither. A sheet names none of the others. If nobody should sign, the page states what to do instead.
 */
export function consentForm({ consent }: ConsentFormAnswer, language: Language): Page {
  const texts = TEXTS[language];
  if (consent.status === 'ENDING') return notice(409, language, texts.ending);
  if (FINAL.includes(consent.status)) return notice(409, language, texts.ended);
  const readers = readersOf(consent.signers, texts);
  if (readers.length === 0) return notice(409, language, texts.noGuardian);
  const form: Form = { consent, language, texts, lines: linesOf(consent.grants) };
  const sheets = readers.map((reader) => sheet(form, reader));
  return { status: 200, language, title: texts.title, body: html`${sheets}` };
}

/**
 * The readers of the form; none while the youth is a minor without a guardian, because the form could not be completed
 * (C5).
 */
function readersOf(signers: readonly FormSigner[], texts: ConsentFormTexts): Reader[] {
  const youth = signers.filter(({ capacity }) => capacity === 'YOUTH');
  const guardians = signers.filter((signer) => !youth.includes(signer));
  if (guardians.length === 0 && !youth.every(({ isOfAge }) => isOfAge)) return [];
  return [
    ...guardians
      .map((signer, index): Reader => ({ signer, kind: 'guardian', name: texts.guardian.number(index + 1) }))
      .filter(({ signer }) => !signer.isExcused),
    ...youth.map((signer): Reader => ({ signer, kind: signer.givesOwnView ? 'child' : 'youth', name: null })),
  ];
}
