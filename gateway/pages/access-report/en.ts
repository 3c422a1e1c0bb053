import type { AccessReportTexts } from './texts.ts';

/** The extract's page in English. */
export const en: AccessReportTexts = {
  title: 'Who has read the information?',
  subtitle: 'Extract of the log of Samsyn, for the young person or a guardian',
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
  nothing: 'There is nothing to tell of for this time.',
  goodToKnow: 'Good to know',
  checking: 'How it can be checked',
  checkpoint: (size) => `Checkpoint of the first ${size} in the log:`,
  noCheckpoint: 'There is no checkpoint yet. Fetch the extract again in a moment.',
  forStaff: 'To be filled in by the person who gives the extract',
  secrecyTested: 'Secrecy tested for who receives it',
  givenBy: 'Given by, date',
};
