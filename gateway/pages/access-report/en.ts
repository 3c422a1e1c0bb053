import type { AccessReportTexts } from './texts.ts';

/** The extract's page in English. */
export const en: AccessReportTexts = {
  title: 'Who has read the information?',
  subtitle: 'Extract from the Samsyn log, for the young person or a guardian',
  made: (day, time) => `Made on ${day} at ${time}`,
  theYouth: 'The young person: name',
  identityNumber: 'Personal identity number',
  period: (from, until, time) =>
    `From ${from} ${time === null ? `up to and including ${until}` : `until ${until} at ${time}`}.`,
  when: 'When',
  who: 'Who',
  what: 'What information',
  why: 'Why it was permitted',
  from: (source) => `from ${source}`,
  numbers: (numbers) => `no. ${numbers.join(', ')}`,
  unsealed: 'new, without a number yet',
  nothing: 'There is nothing to show for this period.',
  goodToKnow: 'Good to know',
  checking: 'How to check this',
  checkpoint: (size) => `Checkpoint for the first ${size} entries in the log:`,
  noCheckpoint: 'There is no checkpoint yet. Open the extract again in a moment.',
  forStaff: 'For the person who hands over the extract',
  secrecyTested: 'Secrecy assessed for the recipient',
  givenBy: 'Handed over by, date',
};
