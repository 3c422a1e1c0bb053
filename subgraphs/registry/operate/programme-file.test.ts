import { expect, test } from '@jest/globals';
import { ownProgrammes, parseProgramme } from './programme-file.ts';

const RIGHT = `
code: testby-sig
name: Testby SIG
municipality: Testby
kind: SIG
ages: { from: 13, to: 20 }
cap: 5
lead: social-services:testby
agencies:
  - { code: "social-services:testby", name: "Testby kommun, socialtjänsten", mandatory: true }
signers: DEFAULT
longestConsent: P6M
reviewInterval: P1M
deputies: false
peculiarity: Ingen.
`;

const messageOf = (text: string): string => {
  try {
    return JSON.stringify(parseProgramme(text));
  } catch (fault) {
    return String(fault);
  }
};

test('accepts the hub’s own programmes, each with its own code', () => {
  expect(ownProgrammes().map(({ code }) => code)).toEqual([
    'national-sig',
    'orebro-sig',
    'skovde-sig',
    'soderhamn-sig',
    'strangnas-sspf',
  ]);
});

test('reads the programme in a valid file', () => {
  expect(parseProgramme(RIGHT)).toEqual({
    code: 'testby-sig',
    name: 'Testby SIG',
    municipality: 'Testby',
    kind: 'SIG',
    ages: { from: 13, to: 20 },
    cap: 5,
    lead: 'social-services:testby',
    agencies: [{ code: 'social-services:testby', name: 'Testby kommun, socialtjänsten', mandatory: true }],
    signers: 'DEFAULT',
    longestConsent: 'P6M',
    reviewInterval: 'P1M',
    deputies: false,
    peculiarity: 'Ingen.',
    retentionYears: 5,
  });
});

test('names every fault of a file at once', () => {
  const wrong = RIGHT.replace('kind: SIG', 'kind: SIGG')
    .replace('from: 13', 'from: 21')
    .replace('cap: 5', 'cap: 0')
    .replace('P6M', 'PT6H')
    .replace('deputies: false', 'deputys: false')
    .replace('mandatory: true', 'mandatory: false');
  expect(messageOf(wrong).split('\n')).toEqual([
    'Error: The programme has 7 faults:',
    "  the file must have required property 'deputies'",
    '  the file has the unknown key deputys',
    '  kind must be one of SIG, SSPF',
    '  cap must be >= 1',
    expect.stringMatching(/^ {2}longestConsent must match pattern /),
    '  ages.to must not be below ages.from',
    '  lead must be among the agencies, as a mandatory one',
  ]);
});

test('refuses what looks like a personal identity number in any text', () => {
  const wrong = RIGHT.replace('Ingen.', 'Ring 0707767612.').replace('Testby kommun', 'Testby 900101\u00a02385');
  expect(messageOf(wrong).split('\n')).toEqual([
    'Error: The programme has 2 faults:',
    '  agencies.0.name must hold nothing that looks like a personal identity number',
    '  peculiarity must hold nothing that looks like a personal identity number',
  ]);
  expect(messageOf(RIGHT.replace('Ingen.', 'Ring +46707767612.'))).not.toMatch(/^Error/);
});

test('refuses a text that is no programme in one sentence', () => {
  const refusals = ['', '[]', 'code: [', 'null', 'agencies: [null, 3]'].map(messageOf);
  for (const refusal of refusals) expect(refusal).toMatch(/^Error: The programme has /);
});
