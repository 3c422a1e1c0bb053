import type { ConsentFormTexts } from './texts.ts';

const KEPT =
  'Every reading of the information is recorded, and you can find out who has read it. The consent changes nothing of what authorities must do by law, such as reporting concern for a child.';

/** The consent form in English. */
export const en: ConsentFormTexts = {
  title: 'Consent to share information',
  reference: (reference, version) => `Form ${reference}, version ${version}`,
  guardian: {
    audience: 'To you who are a guardian',
    number: (number) => `Guardian ${number}`,
    introduction:
      'Several authorities and services would like to work together to support your child. They may tell each other about the child only if you say yes. It is voluntary. You can say no, and you do not have to explain why. The consent begins to apply when everyone who needs to say yes has done so.',
    withdrawing:
      'You can take back your yes whenever you want, all of it or a part. Tell, call or write to anyone who works in the group, and it is recorded at once. After that nothing more is shared. You need no form and do not have to say why. Your no counts even if others have said yes.',
    goodToKnow: KEPT,
  },
  youth: {
    audience: 'To you whom the consent is about',
    introduction:
      'Several authorities and services would like to work together to support you. They may tell each other about you only if you say yes. It is voluntary. You can say no, and you do not have to explain why. The consent begins to apply when everyone who needs to say yes has done so.',
    withdrawing:
      'You can take back your yes whenever you want, all of it or a part. Tell, call or write to anyone who works in the group, and it is recorded at once. After that nothing more is shared. You need no form and do not have to say why. Your no counts even if others have said yes.',
    goodToKnow: KEPT,
  },
  child: {
    audience: 'To you whom the consent is about',
    introduction:
      'Several adults in different places would like to work together to support you. Here you can see what they want to tell each other about you. It is voluntary. We want to know what you think. You can write yourself, draw, or ask somebody to write for you.',
    ownView: 'This is what I think',
    needNotSign: 'You are under 15. So you do not have to sign, but what you think is important.',
    mustSign: 'You are under 15. Information marked with * is shared only if you say yes as well, and sign.',
    withdrawing:
      'You may say no whenever you want, to all of it or to a part. Tell any of the adults who work with you, and it is recorded at once. After that nothing more is shared. You do not have to say why.',
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
    return from === null ? `Only information up to and including ${until}.` : `Only information from ${from} on.`;
  },
  youthSigns: '* Shared only if the young person has signed.',
  period: 'How long the consent lasts',
  lasts: (from, until, time) =>
    `From ${from} ${time === null ? `up to and including ${until}` : `until ${until} at ${time}`}. Then it ends by itself.`,
  until18: 'What is signed before the 18th birthday lasts until that day at the longest.',
  informed: 'Information before signing',
  told: (language, interpreter) =>
    `Language: ${language}. ${interpreter ? 'With an interpreter.' : 'Without interpreter.'}`,
  changeOfMind: 'You can change your mind',
  contact: 'Your contact in the group',
  phone: 'Telephone',
  answer: 'Your answer',
  yes: 'Yes, the information may be shared as it says here.',
  partly: 'Yes, but this may not be shared:',
  no: 'No, the information may not be shared.',
  capacity: 'I sign as',
  capacities: ['guardian with custody', 'specially appointed guardian', 'god man'],
  signature: 'Signature',
  date: 'Date',
  name: 'Name',
  identityNumber: 'Personal identity number',
  forStaff: 'To be filled in by the person who receives the form',
  identityChecked: 'Identity checked',
  receivedBy: 'Received by, date',
  noGuardian: {
    title: 'Custody is not recorded',
    text: 'The young person is under 18, and no guardian who is to sign is recorded. Record who has custody and fetch the form again.',
  },
  ended: {
    title: 'This version is not to be signed',
    text: 'It has ended or been replaced. Propose a new version of the consent and print the form for that one.',
  },
  ending: {
    title: 'The consent is being changed',
    text: 'A change is being recorded right now. Try again in a moment.',
  },
};
