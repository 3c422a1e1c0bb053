import type { Coverage } from './maker.ts';
import type { ReportTexts } from './texts.ts';

const COVERED: Readonly<Record<Coverage, (agency: string) => string>> = {
  ALL: () => 'It is about reading in all authorities and services.',
  LEAD: (agency) =>
    `It is about when an authority or service has read information from another one, and when ${agency} has read its own information. How the others have read their own information you learn from them.`,
  OWN: (agency) =>
    `It is only about what ${agency} has read, and when others have read information from there. The rest you learn from the one who coordinates the group.`,
};
const LIST = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** The extract in English. */
export const en: ReportTexts = {
  roles: { COORDINATOR: 'coordinator', MENTOR: 'mentor', CASEWORKER: 'member of staff', SYSTEM: 'computer system' },
  rolesOf: (roles) => LIST.format(roles),
  throughSystem: (who) => `${who}, through a computer system`,
  whereabouts: (information) => `${information} (what shows where the young person is)`,
  consent: (version, programme) => `Consent, version ${version} (${programme})`,
  own: 'Its own information, without consent',
  shown: { RELEASED: 'Was shown', POSSIBLE: 'May have been shown' },
  notes: (coverage, agency) => [
    'Here you can see who has been let to read information about the young person in Samsyn, when it was, what kind of information it was and why it was permitted. It does not say what the staff are called.',
    COVERED[coverage](agency),
    'That a kind of information stands here does not mean that there was any of that kind.',
    '“May have been shown” means that it is not certain that the information arrived.',
    '“Its own information” means that somebody read what their own agency has recorded. That needs no consent.',
    'Attempts that were stopped are not here, since nothing was shown. Auditors look into them.',
    'Nor does it say who has read what Samsyn itself keeps track of: who is in the group and what the consent says.',
    'The extract may lack readings that by law may not be told, and those that are so old that they have been deleted.',
    'Do you think that somebody has read without the right to? Tell whoever gave you the extract. You can also complain to the Swedish Authority for Privacy Protection (IMY).',
  ],
  verification:
    'Every reading has a number in the log. The numbers count all that stands in the log, about everybody whom it is about. The log is sealed: nobody can change or take away anything unnoticed. An auditor can find the proof for a number (inclusionProof, or npm run audit) and hold it against the checkpoint here.',
};
