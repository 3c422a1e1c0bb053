import type { Mutant } from './mutant.ts';

const PARTS = 'test/import/on-one-school';
const STORE = 'chassis/record/store-fed.ts';
const READ = 'subgraphs/school/ss12000/read.ts';
const ATTENDANCE = 'subgraphs/school/ss12000/aggregated-attendance.ts';

/** Imports: whom a file's records are about, and what stands against them. */
export const imports: readonly Mutant[] = [
  {
    breaks: 'imports: what staff withdrew does not come back with a file',
    file: STORE,
    find: 'row.withdrawnBy?.startsWith(IMPORT) ?? false',
    replace: 'row.withdrawnBy !== null',
    tests: [`${PARTS}/enrolments`],
  },
  {
    breaks: 'imports: a correction stands against the file that says what it said before',
    file: STORE,
    find: 'feed, content: fingerprintOf(fields) })',
    replace: "feed, content: '' })",
    tests: [`${PARTS}/enrolments`],
  },
  {
    breaks: 'imports: what was stored under a key stays the same record when a number comes',
    file: STORE,
    find: '{ ...record, sourceId: formerSourceId }',
    replace: 'record',
    tests: [`${PARTS}/linked-by-key`],
  },
  {
    breaks: 'imports: a key that is given to somebody else takes no record along',
    file: STORE,
    find: 'owner !== undefined && isSamePerson(owner, link)',
    replace: 'owner !== undefined',
    tests: [`${PARTS}/linked-by-key`],
  },
  {
    breaks: 'imports: two persons of a file on one link do not withdraw each other’s enrolments',
    file: 'subgraphs/school/ss12000/persons.ts',
    find: 'if (first === index) return true;',
    replace: 'if (first >= 0) return true;',
    tests: [`${PARTS}/linked-by-key`],
  },
  {
    breaks: 'imports: no file brings a kind whose agency needs a seat',
    file: 'chassis/sector.ts',
    find: 'seated.length === 0 && ',
    replace: 'seated.length >= 0 && ',
    tests: [`${PARTS}/kinds`],
  },
  {
    breaks: 'imports: what a file takes back is its own',
    file: STORE,
    find: 'sourceId: { $like: ofSource }, ',
    replace: '',
    tests: [`${PARTS}/enrolments`],
  },
  {
    breaks: 'imports: a link that has ended attaches nothing',
    file: 'chassis/youth/person-links.ts',
    find: 'const where = { agency, endedAt: null, ',
    replace: 'const where = { agency, ',
    tests: [`${PARTS}/aggregated-attendance`],
  },
  {
    breaks: 'imports: a source’s id attaches nothing to a link that has ended',
    file: 'subgraphs/school/ss12000/known-person.ts',
    find: 'const where = { agency, endedAt: null, ',
    replace: 'const where = { agency, ',
    tests: [`${PARTS}/aggregated-attendance`],
  },
  {
    breaks: 'imports: a link is the agency’s own',
    file: 'chassis/youth/person-links.ts',
    find: 'const where = { agency, endedAt: null, ',
    replace: 'const where = { endedAt: null, ',
    tests: [`${PARTS}/enrolments`],
  },
  {
    breaks: 'imports: only a Swedish number links',
    file: READ,
    find: "SWEDEN.includes((given.nationality ?? 'SE').toUpperCase())",
    replace: 'SWEDEN.length > 0',
    tests: [`${PARTS}/persons`],
  },
  {
    breaks: 'imports: while an enrolment is left out none of the person’s is withdrawn',
    file: 'subgraphs/school/ss12000/persons.ts',
    find: 'isComplete: read.rejected === 0',
    replace: 'isComplete: true',
    tests: [`${PARTS}/persons`],
  },
  {
    breaks: 'imports: an id means whom the latest file says',
    file: 'subgraphs/school/ss12000/known-person.ts',
    find: 'if (row !== undefined) row.linkId = linkId;',
    replace: 'if (row !== undefined) row.linkId = linkId ?? row.linkId;',
    tests: [`${PARTS}/aggregated-attendance`],
  },
  {
    breaks: 'imports: an id that is another person’s key is remembered as nobody’s',
    file: 'subgraphs/school/ss12000/known-person.ts',
    find: 'else if (link !== undefined || keyed !== undefined)',
    replace: 'else if (link !== undefined)',
    tests: [`${PARTS}/linked-by-key`],
  },
  {
    breaks: 'imports: an id that the latest file gives to nobody does not link by the key',
    file: ATTENDANCE,
    find: 'if (known === undefined) return',
    replace: 'if (known == null) return',
    tests: [`${PARTS}/linked-by-key`],
  },
  {
    breaks: 'imports: the latest file of persons comes before the key',
    file: ATTENDANCE,
    find: 'if (numbered !== undefined) return numbered;',
    replace: 'const own = numbered ?? linkOf(person);\n    if (own !== undefined) return own;',
    tests: [`${PARTS}/linked-by-key`],
  },
  {
    breaks: 'imports: a sum that lacks an activity is rejected',
    file: ATTENDANCE,
    find: 'own.some((other) => read[other]?.fault !== null)',
    replace: 'own.length === 0',
    tests: [`${PARTS}/aggregated-attendance`],
  },
  {
    breaks: 'imports: a sum whose entry does not say its period is rejected',
    file: ATTENDANCE,
    find: "lost.has(student ?? '') || ",
    replace: '',
    tests: [`${PARTS}/aggregated-attendance`],
  },
  {
    breaks: 'imports: a dry run stores nothing',
    file: 'hub/import/import-batches.ts',
    find: 'isDryRun ? within.rollback() : within.commit()',
    replace: 'within.commit()',
    tests: [`${PARTS}/batches`],
  },
  {
    breaks: 'imports: a report shows no identity number in the place of an id',
    file: 'chassis/input/shown-id.ts',
    find: ' && !holdsIdentityNumber(id)',
    replace: '',
    tests: [`${PARTS}/persons`],
  },
  {
    breaks: 'imports: a file marks no text as cleared',
    file: STORE,
    find: 'const NO_MARKS = {};',
    replace: 'const NO_MARKS = { textCleared: true };',
    tests: [`${PARTS}/kinds`],
  },
];
