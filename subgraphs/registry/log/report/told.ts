import { ROLES } from '../../../../schema/caller.ts';
import { Disclosure } from '../read/access-log.ts';
import { type AccessReportDay, type AccessReportKind, type AccessReportRow, ReportLanguage } from './access-report.ts';
import { TEXTS } from './languages.ts';
import type { AccessAnswer, DayAnswer, KindAnswer, NamedKind } from './report-query.ts';
import type { ReadingRole, ReportTexts } from './texts.ts';

/** An access, as the youth reads it. */
export function toldOf(access: AccessAnswer, language: ReportLanguage): AccessReportRow {
  const texts = TEXTS[language];
  const { number, entryId, leafIndex, at, agency, category, source, reason, consentVersion, programme, disclosure } =
    access;
  return {
    number,
    entryId,
    leafIndex: leafIndex === null ? null : Number(leafIndex),
    at: new Date(at),
    agency,
    role: roleOf(access, texts),
    information: informationOf(access, language),
    category,
    source,
    basis: reason === 'OWN' ? texts.own : basisOf(consentVersion, programme, texts),
    consentVersion,
    disclosure: Disclosure[disclosure],
    shown: texts.shown[disclosure],
  };
}

/** The reading of a kind of information by an agency, as the youth reads of it. */
export function toldOfKind(kind: KindAnswer, language: ReportLanguage): AccessReportKind {
  const { agency, category, source, times, first, last } = kind;
  const information = informationOf(kind, language);
  return { agency, information, category, source, times, first: new Date(first), last: new Date(last) };
}

/** The reading of an agency on a day, as the youth reads of it. */
export function toldOfDay({ day, agency, times, kinds }: DayAnswer, language: ReportLanguage): AccessReportDay {
  return { day, agency, times, information: kinds.map((kind) => informationOf(kind, language)) };
}

function informationOf({ nameSv, nameEn, whereabouts }: NamedKind, language: ReportLanguage): string {
  const information = language === ReportLanguage.SV ? nameSv : nameEn;
  return whereabouts ? TEXTS[language].whereabouts(information) : information;
}

/** The reading roles of the token. A system that acts for somebody reads by that person's roles. */
function roleOf({ mask, bySystem }: AccessAnswer, { roles, rolesOf, throughSystem }: ReportTexts): string {
  const reading = ROLES.filter((role, index): role is ReadingRole => role in roles && (mask & (1 << index)) !== 0);
  const persons = reading.filter((role) => role !== 'SYSTEM');
  if (!bySystem || persons.length === 0) return rolesOf(reading.map((role) => roles[role]));
  return throughSystem(rolesOf(persons.map((role) => roles[role])));
}

function basisOf(version: number | null, programme: string | null, { consent }: ReportTexts): string {
  if (version === null || programme === null)
    throw new TypeError('A permit by consent names its version and programme.');
  return consent(version, programme);
}
