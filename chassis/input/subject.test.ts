import { expect, test } from '@jest/globals';
import { validate } from 'class-validator';
import { IsSubject } from './subject.ts';

class Named {
  @IsSubject()
  subject: unknown;

  constructor(subject: unknown) {
    this.subject = subject;
  }
}

const faultsOf = async (subject: unknown) => (await validate(new Named(subject))).map(({ property }) => property);

test.each(['p-1001', 'system-school-skovde', 'importer', 'a', 'x'.repeat(255), 'urn:oid:1.2#(b)|c@d'])(
  'takes %j, which a token can carry',
  async (subject) => {
    expect(await faultsOf(subject)).toEqual([]);
  },
);

test.each([
  '',
  'x'.repeat(256),
  'p 1001',
  ' p-1001',
  'p-1001\n',
  'p-1001\u202e',
  'p\u200b1001',
  'p\u00a01001',
  'Åsa',
  'import:p-1001',
  'bankid|199001012385',
  1001,
  ['p-1001'],
])('refuses %j, which no token can carry', async (subject) => {
  expect(await faultsOf(subject)).toEqual(['subject']);
});
