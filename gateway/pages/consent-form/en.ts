import type { ConsentFormTexts } from './texts.ts';

const KEPT =
  'Every time somebody reads the information, it is recorded, and you can find out who has read it. The consent does not change what authorities must do by law, such as reporting concerns about a child.';

/** The consent form in English. */
export const en: ConsentFormTexts = {
  title: 'Consent to share information',
  reference: (reference, version) => `Form ${reference}, version ${version}`,
  guardian: {
    audience: 'For guardians',
    number: (number) => `Guardian ${number}`,
    introduction:
      'Several authorities and services would like to work together to support your child. They may share information about your child only if you say yes. It is voluntary. You can say no, and you do not have to explain why. The consent does not apply until everyone who needs to say yes has done so.',
    withdrawing:
      'You can take back your yes at any time, for everything or for a part. Tell, call or write to anyone who works in the group, and it will be recorded at once. After that, nothing more is shared. You do not need a form and do not have to say why. Your no counts even if others have said yes.',
    goodToKnow: KEPT,
  },
  youth: {
    audience: 'For you, the young person',
    introduction:
      'Several authorities and services would like to work together to support you. They may share information about you only if you say yes. It is voluntary. You can say no, and you do not have to explain why. The consent does not apply until everyone who needs to say yes has done so.',
    withdrawing:
      'You can take back your yes at any time, for everything or for a part. Tell, call or write to anyone who works in the group, and it will be recorded at once. After that, nothing more is shared. You do not need a form and do not have to say why. Your no counts even if others have said yes.',
    goodToKnow: KEPT,
  },
  child: {
    audience: 'For you, the young person',
    introduction:
      'Several adults in different places would like to work together to support you. Here you can see what they want to tell each other about you. It is voluntary. We want to know what you think. You can write it yourself, draw, or ask somebody to write for you.',
    ownView: 'This is what I think',
    needNotSign: 'You are under 15, so you do not have to sign. But what you think is important.',
    mustSign: 'You are under 15. Information marked with * is shared only if you say yes too, and sign.',
    withdrawing:
      'You may say no at any time, to everything or to a part. Tell any of the adults who work with you, and it will be recorded at once. After that, nothing more is shared. You do not have to say why.',
    goodToKnow: KEPT,
  },
  theYouth: 'The young person',
  purpose: 'Why the information is needed',
  sharing: 'What is shared, and with whom',
  source: 'Information from',
  kinds: 'What information',
  recipients: 'May be read by',
  dated: (from, until) => {
    if (from !== null && until !== null) return `Only information from ${from} up to and including ${until}.`;
    return from === null ? `Only information up to and including ${until}.` : `Only information from ${from} onwards.`;
  },
  youthSigns: '* Shared only if the young person has signed.',
  period: 'How long the consent lasts',
  lasts: (from, until, time) =>
    `From ${from} ${time === null ? `up to and including ${until}` : `until ${until} at ${time}`}. Then it ends automatically.`,
  present: (until, time) =>
    `The present consent applies ${time === null ? `up to and including ${until}` : `until ${until} at ${time}`}.`,
  read: (from, sources) =>
    `Information is shared from ${from} at the earliest, and only when the authority it comes from has confirmed the signed form: ${sources}.`,
  until18: 'Consent signed before the young person turns 18 lasts no longer than until that day.',
  informed: 'Information given before signing',
  told: (language, interpreter) =>
    `Language: ${language}. ${interpreter ? 'With an interpreter.' : 'Without an interpreter.'}`,
  changeOfMind: 'You can change your mind',
  contact: 'Your contact in the group',
  phone: 'Telephone',
  answer: 'Your answer',
  yes: 'Yes, the information may be shared as described here.',
  partly: 'Yes, but this may not be shared:',
  no: 'No, the information may not be shared.',
  capacity: 'I sign as',
  capacities: ['guardian with custody', 'specially appointed guardian', 'representative (god man)'],
  signature: 'Signature',
  date: 'Date',
  name: 'Name',
  identityNumber: 'Personal identity number',
  forStaff: 'For the person who receives the form',
  identityChecked: 'Identity checked',
  receivedBy: 'Received by, date',
  noGuardian: {
    title: 'Custody is not recorded',
    text: 'The young person is under 18, and no guardian who should sign is recorded. Record who has custody, then open the form again.',
  },
  ended: {
    title: 'This version should not be signed',
    text: 'It has ended or been replaced. Propose a new version of the consent and print the form for that version.',
  },
  ending: {
    title: 'The consent is being changed',
    text: 'A change is being recorded right now. Try again in a moment.',
  },
};
