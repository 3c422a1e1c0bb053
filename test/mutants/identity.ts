import type { Mutant } from './mutant.ts';

const NUMBERS = 'schema/identity-number.ts';
const NUMBERS_TEST = ['schema/identity-number'];
const TOKENS = 'gateway/admit/authenticate.ts';
const TOKENS_TEST = ['gateway/admit/authenticate'];

/** Who somebody is: identity numbers that are taken or refused, and tokens. */
export const identity: readonly Mutant[] = [
  {
    breaks: 'a number is of a day that exists',
    file: NUMBERS,
    find: 'day <= lastDay &&',
    replace: 'day <= 31 &&',
    tests: NUMBERS_TEST,
  },
  {
    breaks: 'nobody is born ahead of today',
    file: NUMBERS,
    find: ' && known <= today.slice(0, known.length)',
    replace: '',
    tests: NUMBERS_TEST,
  },
  {
    breaks: 'a number has its check digit',
    file: NUMBERS,
    find: 'return sum % 10 === 0;',
    replace: 'return sum % 5 === 0;',
    tests: NUMBERS_TEST,
  },
  {
    breaks: 'a number in other characters that look the same is found',
    file: NUMBERS,
    find: "text.normalize('NFKC')",
    replace: "text.normalize('NFC')",
    tests: NUMBERS_TEST,
  },
  {
    breaks: 'a number of an unknown day is found',
    file: NUMBERS,
    find: '(day >= 60 && day <= 91)',
    replace: '(day >= 61 && day <= 91)',
    tests: NUMBERS_TEST,
  },
  {
    breaks: 'C1 a subject does not look like a personal identity number',
    file: TOKENS,
    find: 'if (holdsIdentityNumber(subject)) {',
    replace: "if (holdsIdentityNumber('')) {",
    tests: TOKENS_TEST,
  },
  {
    breaks: 'a nonce takes the type of access tokens',
    file: TOKENS,
    find: "Object.hasOwn(claims, 'nonce') && type !== ACCESS_TOKEN",
    replace: "Object.hasOwn(claims, 'nonce') && type === ''",
    tests: TOKENS_TEST,
  },
  {
    breaks: 'C1 AUDITOR beside another role is noticed wherever it stands',
    file: 'gateway/admit/claims.ts',
    find: "hides(claim, 'AUDITOR') ?",
    replace: "hides(null, 'AUDITOR') ?",
    tests: ['gateway/admit/claims'],
  },
];
