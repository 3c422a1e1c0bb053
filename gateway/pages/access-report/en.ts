import type { AccessReportTexts } from './texts.ts';

/** The extract's page in English. */
export const en: AccessReportTexts = {
  title: 'Who has read the information?',
  subtitle: 'For the young person or a guardian, from Samsyn',
  made: (day, time) => `Made on ${day} at ${time}`,
  theYouth: 'The young person: name',
  identityNumber: 'Personal identity number',
  period: (from, fromTime, until, untilTime) =>
    `From ${from}${fromTime === null ? '' : ` at ${fromTime}`} ${untilTime === null ? `up to and including ${until}` : `until ${until} at ${untilTime}`}.`,
  who: 'Who',
  what: 'What information',
  howOften: 'How often',
  firstAndLast: 'First and last time',
  times: (times) => (times === 1 ? 'once' : `${times} times`),
  onceAt: (day, time) => `${day} at ${time}`,
  from: (source) => `from ${source}`,
  nothing: 'There is nothing to show for this period.',
  furtherSheets: 'The following pages show it day by day, and then every reading by itself.',
  dayByDay: 'Day by day',
  day: 'Day',
  appendix: 'Appendix: every reading',
  ofReadings: (from, until, readings) => `Readings ${from} to ${until} of ${readings}, the latest first.`,
  numbersMean:
    'The number before the information is the number of the reading in this appendix. The one after it is the place in the log, by which the reading can be checked.',
  when: 'When',
  why: 'Why it was permitted',
  numbers: (numbers) => `${numbers.join(', ')}.`,
  inLog: (numbers) => `no. ${numbers.join(', ')} in the log`,
  unsealed: 'new, without a number in the log yet',
  goesOn: (after) =>
    `The appendix goes on. The person who hands over the extract gets the rest with the same from and to and after=${after} in the address.`,
  goodToKnow: 'Good to know',
  checking: 'How to check this',
  checkpoint: (size) => `Checkpoint for the first ${size} entries in the log:`,
  noCheckpoint: 'There is no checkpoint yet. Open the extract again in a moment.',
  forStaff: 'For the person who hands over the extract',
  secrecyTested: 'Secrecy assessed for the recipient',
  givenBy: 'Handed over by, date',
};
