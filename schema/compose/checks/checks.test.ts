import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { faultsOf, GOOD_SCHEMAS, spoilt } from '../../../test/checks/example-schemas.ts';
import { COMPOSITION_RULES, SCHEMA_RULES } from './rules.ts';

type Case = [promise: string, spoils: Parameters<typeof spoilt>, fault: string];

const ATTENDANCE = 'attendance: [Attendance!] @consent(category: "school.attendance")';
const SCHOOL_UNIT = 'schoolUnit: String @consent(category: "school.enrolment", whereabouts: true)';
const LAST_TYPE = '"One placement in a school."';

const UNFENCED = '@unfenced(reason: "A proposed group gives nobody a permission, and takes none.")';

const CASES: Case[] = [
  [
    'C2 refuses a field without a label',
    ['school', ATTENDANCE, `${ATTENDANCE} "Unlabelled." nickname: String`],
    'school Youth.nickname [fields-are-labelled]',
  ],
  [
    'refuses an unlabelled field in an extension',
    ['school', LAST_TYPE, `extend type Youth { "Unlabelled." nickname: String } ${LAST_TYPE}`],
    'school Youth.nickname [fields-are-labelled]',
  ],
  [
    'refuses an unlabelled mutation',
    ['school', ' @restricted(roles: [CASEWORKER, SYSTEM])', ''],
    'school Mutation.recordAttendance [fields-are-labelled]',
  ],
  [
    'refuses an unlabelled field named like one of federation’s on another type than Query',
    ['school', ATTENDANCE, `${ATTENDANCE} "Unlabelled." _service: String`],
    'school Youth._service [fields-are-labelled]',
  ],
  [
    'refuses an unlabelled type under a federation prefix',
    ['school', LAST_TYPE, `"Hides." type link__Hidden { "Unlabelled." name: String } ${LAST_TYPE}`],
    'school link__Hidden.name [fields-are-labelled]',
  ],
  [
    'refuses @open beside a guard',
    ['school', ATTENDANCE, `${ATTENDANCE} @open(reason: "No.")`],
    'school Youth.attendance [labels-make-sense]',
  ],
  [
    'refuses @open without a reason',
    ['school', '@open(reason: "A random id.")', '@open(reason: " ")'],
    'school RecordAttendancePayload.id [labels-make-sense]',
  ],
  [
    'refuses @restricted that names nobody',
    [
      'registry',
      'groups: [InterventionGroup!] @restricted(relation: MEMBER)',
      'groups: [InterventionGroup!] @restricted(roles: [])',
    ],
    'registry Youth.groups [labels-make-sense]',
  ],
  [
    'refuses whereabouts: null, which would read as false',
    ['school', SCHOOL_UNIT, `${SCHOOL_UNIT.replace('true', 'null')} @place`],
    'school Enrolment.schoolUnit [labels-make-sense]',
  ],
  [
    'refuses roles: null beside a relation',
    ['registry', '@restricted(roles: [COORDINATOR], relation: MEMBER)', '@restricted(roles: null, relation: MEMBER)'],
    'registry InterventionGroup [labels-make-sense]',
  ],
  [
    'C11 refuses an argument outside the list on a field under @consent',
    ['school', 'attendance: [Attendance!]', 'attendance(minutesBelow: Int): [Attendance!]'],
    'school Youth.attendance(minutesBelow:) [guarded-arguments-are-few]',
  ],
  [
    'C11 refuses a filter behind an argument’s name on the list',
    ['school', 'attendance: [Attendance!]', 'attendance(after: RecordAttendanceInput): [Attendance!]'],
    'school Youth.attendance(after:) [guarded-arguments-are-few]',
  ],
  [
    'C11 refuses an argument outside the list inside a guarded type',
    ['school', '"First day."\n  from: String', '"First day."\n  from(zone: String): String'],
    'school Attendance.from(zone:) [guarded-arguments-are-few]',
  ],
  [
    'C11 refuses an argument outside the list on an open field that frames guarded data',
    [
      'school',
      LAST_TYPE,
      'extend type Youth { "Frame." news(sort: String): News @open(reason: "x") } "Frame." type News { "x" a: [Attendance!] @consent(category: "school.attendance") } "One placement in a school."',
    ],
    'school Youth.news(sort:) [guarded-arguments-are-few]',
  ],
  [
    'refuses an argument outside the list on a field that leads to Youth',
    ['registry', '  youth: Youth\n', '  youth(named: String): Youth\n'],
    'registry InterventionGroup.youth(named:) [guarded-arguments-are-few]',
  ],
  [
    'refuses an open root field that leads to Youth',
    [
      'registry',
      'groups: [InterventionGroup!] @restricted(roles: [COORDINATOR])',
      'groups: [InterventionGroup!] @open(reason: "x")',
    ],
    'registry Query.groups [roots-to-youth-are-listed]',
  ],
  [
    'refuses a root field to Youth that is not listed',
    ['school', '"A bare reference."', '"All." all: [Youth!] @restricted(roles: [SYSTEM]) "A bare reference."'],
    'school Query.all [roots-to-youth-are-listed]',
  ],
  [
    'refuses an open field with a youth’s id among its arguments',
    ['registry', '"A bare reference."', '"x" seen(youthId: ID!): Boolean @open(reason: "x") "A bare reference."'],
    'registry Query.seen [youth-ids-are-guarded]',
  ],
  [
    'refuses an open field with a youth’s id inside an argument',
    [
      'school',
      '"A bare reference."',
      '"x" seen(where: RecordAttendanceInput!): Boolean @open(reason: "x") "A bare reference."',
    ],
    'school Query.seen [youth-ids-are-guarded]',
  ],
  [
    'refuses a scalar that the hub does not know',
    ['school', LAST_TYPE, `"Anything." scalar JSON ${LAST_TYPE}`],
    'school JSON [scalars-are-known]',
  ],
  [
    'refuses a value of one of federation’s own scalars',
    ['school', ATTENDANCE, `${ATTENDANCE} "x" keys: _Any @consent(category: "school.attendance")`],
    'school Youth.keys [scalars-are-known]',
  ],
  [
    'refuses a subscription type',
    ['school', LAST_TYPE, `type Subscription { "x" ticks: Int @open(reason: "x") } ${LAST_TYPE}`],
    'school Subscription [subscriptions-are-absent]',
  ],
  [
    'refuses a subscription type under another name',
    [
      'school',
      LAST_TYPE,
      `schema { query: Query mutation: Mutation subscription: Ticks } type Ticks { "x" ticks: Int @open(reason: "x") } ${LAST_TYPE}`,
    ],
    'school Ticks [subscriptions-are-absent]',
  ],
  [
    'refuses a directive for operations',
    ['school', LAST_TYPE, `directive @mask(as: String) on FIELD | FIELD_DEFINITION ${LAST_TYPE}`],
    'school @mask [directives-are-for-schemas]',
  ],
  [
    'C10 refuses a text about a youth without a mark',
    ['school', ATTENDANCE, `${ATTENDANCE} "A text." note: String @consent(category: "school.attendance")`],
    'school Youth.note [texts-are-marked]',
  ],
  [
    'C10 refuses a list of texts without a mark in a type about a youth',
    ['school', 'from: String @words(reason: "A day.")', 'from: [String!] @restricted(roles: [MENTOR])'],
    'school Attendance.from [texts-are-marked]',
  ],
  [
    'C16 refuses a text that its label calls no whereabouts as a place',
    ['school', SCHOOL_UNIT, 'schoolUnit: String'],
    'school Enrolment.schoolUnit [texts-are-marked]',
  ],
  [
    'C10 refuses @words without a reason',
    ['school', 'from: String @words(reason: "A day.")', 'from: String @words(reason: " ")'],
    'school Attendance.from [texts-are-marked]',
  ],
  [
    'C10 refuses @words beside the mark of prose',
    ['school', 'from: String @words(reason: "A day.")', 'from: String @words(reason: "A day.") @prose'],
    'school Attendance.from [texts-are-marked]',
  ],
  [
    'C16 refuses @words beside whereabouts',
    ['school', SCHOOL_UNIT, `${SCHOOL_UNIT} @words(reason: "A code.")`],
    'school Enrolment.schoolUnit [texts-are-marked]',
  ],
  [
    'refuses a non-null field under @consent',
    ['school', ATTENDANCE, ATTENDANCE.replace('[Attendance!]', '[Attendance!]!')],
    'school Youth.attendance [guarded-fields-are-nullable]',
  ],
  [
    'refuses a non-null field under @restricted',
    ['registry', 'groups: [InterventionGroup!] @restricted(rel', 'groups: [InterventionGroup!]! @restricted(rel'],
    'registry Youth.groups [guarded-fields-are-nullable]',
  ],
  [
    'refuses a non-null field in a guarded type',
    ['school', 'from: String', 'from: String!'],
    'school Attendance.from [guarded-fields-are-nullable]',
  ],
  [
    'refuses a guarded field of an interface',
    ['school', 'interface Recorded {', 'interface Recorded { "Guarded." note: String @restricted(roles: [MENTOR])'],
    'school Recorded.note [interfaces-are-unguarded]',
  ],
  [
    'refuses a guarded type that Query reaches',
    ['school', '"A bare reference."', '"All." all: [Attendance!] @open(reason: "No.") "A bare reference."'],
    'school Query.all [guarded-types-hang-on-youth]',
  ],
  [
    'refuses a guarded field of Query',
    ['school', '"A bare reference."', '"One." one: Int @consent(category: "school.attendance") "A bare reference."'],
    'school Query.one [guarded-types-hang-on-youth]',
  ],
  [
    'refuses a guarded type that Query reaches by an interface',
    ['school', '"A bare reference."', '"All." all: [Recorded!] @open(reason: "No.") "A bare reference."'],
    'school Query.all [guarded-types-hang-on-youth]',
  ],
  [
    'refuses a type with a guarded field that a payload reaches',
    ['school', '"The record\'s id."', '"Guarded." x: Int @consent(category: "school.attendance") "The record\'s id."'],
    'school Mutation.recordAttendance [guarded-types-hang-on-youth]',
  ],
  [
    'C11 refuses an open field that leads to a guarded type, and so counts its records',
    ['school', ATTENDANCE, 'attendance: [Attendance!] @open(reason: "No.")'],
    'school Youth.attendance [guarded-types-hang-on-youth]',
  ],
  [
    'refuses a guarded type that only the joined schema reaches, by an interface of two subgraphs',
    [
      'registry',
      '"Somewhere."',
      'extend type Query { "All." places: [Recorded!] @open(reason: "No.") } "Same." interface Recorded { "x" id: ID } "Somewhere."',
    ],
    'supergraph Query.places [guarded-types-hang-on-youth]',
  ],
  [
    'refuses a path from a payload to Youth',
    ['registry', '"What it is called."', '"Who is there." youth: Youth "What it is called."'],
    'registry Mutation.endSeat [payloads-do-not-reach-youth]',
  ],
  [
    'C9 refuses a second entity',
    ['registry', 'type Place @open', 'type Place @key(fields: "name") @open'],
    'registry Place [youth-is-the-only-entity]',
  ],
  [
    'refuses another key of Youth',
    ['school', '@key(fields: "id")', '@key(fields: "id") @key(fields: "attendance")'],
    'school Youth [youth-is-the-only-entity]',
  ],
  ['refuses Youth without a key', ['school', '@key(fields: "id")', ''], 'school Youth [youth-is-the-only-entity]'],
  [
    'refuses an undeclared category',
    ['school', SCHOOL_UNIT, SCHOOL_UNIT.replace('enrolment', 'grades')],
    'school Enrolment.schoolUnit [categories-are-declared]',
  ],
  [
    'refuses a category declared elsewhere than on Youth',
    [
      'school',
      'type Attendance implements Recorded',
      'type Attendance implements Recorded @category(code: "school.x", nameSv: "x", nameEn: "x", secrecy: "x", retention: "P1Y")',
    ],
    'school Attendance [categories-are-declared]',
  ],
  [
    'refuses a category declared twice',
    [
      'school',
      '@key(fields: "id")',
      '@key(fields: "id") @category(code: "school.enrolment", nameSv: "x", nameEn: "x", secrecy: "x", retention: "P1Y")',
    ],
    'school Youth [categories-are-declared]',
  ],
  [
    'C9 refuses a foreign category',
    [
      'school',
      '@key(fields: "id")',
      '@key(fields: "id") @category(code: "police.suspicion", nameSv: "x", nameEn: "x", secrecy: "x", retention: "P1Y")',
    ],
    'school Youth [categories-are-own]',
  ],
  [
    'refuses a retention that is no duration',
    ['school', 'retention: "P5Y"', 'retention: "five years"'],
    'school Youth [categories-are-complete]',
  ],
  ['refuses a category without a name', ['school', '"Närvaro"', '""'], 'school Youth [categories-are-complete]'],
  [
    'refuses a date that no record of the category has',
    ['school', 'date: "from..to"', 'date: "from..until"'],
    'school Youth [categories-are-complete]',
  ],
  [
    'refuses a mutation that is neither fenced nor gives a reason',
    ['registry', UNFENCED, ''],
    'registry Mutation.proposeGroup [mutations-are-fenced]',
  ],
  [
    'refuses a reason against the fence that is only in the description',
    [
      'registry',
      `"Proposes a group."`,
      `"Proposes a group. Not fenced: it ends nothing." another: Int @restricted(roles: [MENTOR]) "Proposes."`,
    ],
    'registry Mutation.another [mutations-are-fenced]',
  ],
  [
    'refuses an empty reason',
    ['registry', UNFENCED, '@unfenced(reason: " ")'],
    'registry Mutation.proposeGroup [mutations-are-fenced]',
  ],
  [
    'refuses a fenced mutation with a reason against the fence',
    [
      'registry',
      '@restricted(roles: [COORDINATOR]) @fenced',
      '@restricted(roles: [COORDINATOR]) @fenced @unfenced(reason: "It is.")',
    ],
    'registry Mutation.endSeat [mutations-are-fenced]',
  ],
  [
    'refuses @unfenced on a query',
    ['school', '@shareable @open', '@shareable @unfenced(reason: "It reads.") @open'],
    'school Query.youth [mutations-are-fenced]',
  ],
  [
    'refuses @fenced on a query',
    ['school', '@shareable @open', '@shareable @fenced @open'],
    'school Query.youth [mutations-are-fenced]',
  ],
  [
    'refuses a field without a description',
    ['school', '"First day."', ''],
    'school Attendance.from [everything-is-described]',
  ],
  [
    'refuses a type without a description',
    ['school', '"One period."', ''],
    'school Attendance [everything-is-described]',
  ],
  [
    'refuses an input field without a description',
    ['school', '"About whom."', '" "'],
    'school RecordAttendanceInput.youthId [everything-is-described]',
  ],
  [
    'refuses a renamed import',
    ['school', '"@tag"', '{name: "@requires", as: "@tag"}'],
    'school schema [links-are-plain]',
  ],
  [
    'refuses a link to another specification',
    ['school', 'extend schema', 'extend schema @link(url: "https://example.org/other/v1.0")'],
    'school schema [links-are-plain]',
  ],
  [
    'refuses a label with another definition',
    ['school', 'directive @consent(', 'directive @consent(unless: String '],
    'school @consent [labels-are-the-contracts]',
  ],
  [
    'refuses a subgraph that loses a label because it lacks @composeDirective',
    ['school', '  @composeDirective(name: "@fenced")', ''],
    'school Mutation.recordAttendance [labels-reach-the-supergraph]',
  ],
  [
    'refuses labels that disagree between subgraphs',
    ['school', '@open(reason: "Says back', '@open(reason: "It says back'],
    'supergraph Query.youth [labels-reach-the-supergraph]',
  ],
  [
    'refuses an enum that differs between subgraphs',
    ['school', 'MEMBER }', 'MEMBER SELF }'],
    'registry Relation [enums-are-alike]',
  ],
  ['refuses roles other than the contract’s', ['school', ' AUDITOR }', ' }'], 'school Role [enums-are-alike]'],
  [
    'refuses a schema that graphql-js refuses',
    ['school', '[CASEWORKER, SYSTEM]', '[TEACHER]'],
    'school Mutation.recordAttendance [graphql]',
  ],
  ['refuses a schema that does not parse', ['school', 'type Mutation {', 'type Mutation'], 'school  [syntax]'],
  [
    'refuses schemas that the composer refuses',
    [
      'school',
      '"What was recorded."',
      '"Not shareable." type Place @open(reason: "x") { "x" name: String } "What was recorded."',
    ],
    'supergraph  [composition]',
  ],
];

test('composes good schemas', () => {
  expect(faultsOf(GOOD_SCHEMAS)).toEqual([]);
});

test.each(CASES)('%s', (_promise, spoils, fault) => {
  expect(faultsOf(spoilt(...spoils))).toEqual([fault]);
});

const SUPPORT = ['schema-document.ts'];

test('refuses a root field that leads to Youth through an interface of two subgraphs', () => {
  const named = '"Has an id." interface Named { "x" id: ID }';
  const root = 'extend type Query { "x" held: [Named!] @restricted(roles: [SYSTEM]) }';
  const holder = '"Holds." type Holder implements Named @open(reason: "x") { "x" id: ID "x" youth: Youth }';
  const [registry] = spoilt('registry', '"Somewhere."', `${root} ${named} "Somewhere."`);
  const [, school] = spoilt('school', LAST_TYPE, `${named} ${holder} ${LAST_TYPE}`);
  const both = [registry, school].filter((source) => source !== undefined);
  expect(faultsOf(both)).toEqual(['supergraph Query.held [roots-to-youth-are-listed]']);
});

test('checks schemas against every rule in this folder', () => {
  const files = readdirSync(new URL('.', import.meta.url), { recursive: true, encoding: 'utf8' })
    .map((path) => path.split('/').at(-1) ?? '')
    .filter((file) => /-.*(?<!\.test)\.ts$/.test(file));
  const rules = [...SCHEMA_RULES, ...COMPOSITION_RULES].map(({ rule }) => `${rule}.ts`);
  expect([...rules, ...SUPPORT].sort()).toEqual(files.sort());
});
