import { expect, test } from '@jest/globals';
import { faultsOf, spoilt } from '../../../test/checks/example-schemas.ts';

const ATTENDANCE = 'attendance: [Attendance!] @consent(category: "school.attendance")';
const SCHOOL_UNIT = 'schoolUnit: String @consent(category: "school.enrolment", whereabouts: true)';

/** The federation directives that C9 refuses, each on a guarded field or type. */
const REFUSED: [string, Parameters<typeof spoilt>, string][] = [
  ...[
    '@requires(fields: "groups { id }")',
    '@provides(fields: "from")',
    '@override(from: "registry")',
    '@shareable',
  ].map((directive): [string, Parameters<typeof spoilt>, string] => [
    directive,
    ['school', ATTENDANCE, `${ATTENDANCE} ${directive}`],
    'Youth.attendance',
  ]),
  ...[
    '@external',
    '@authenticated',
    '@requiresScopes(scopes: [["x"]])',
    '@policy(policies: [["x"]])',
    '@cost(weight: 1)',
  ].map((directive): [string, Parameters<typeof spoilt>, string] => [
    directive,
    ['school', SCHOOL_UNIT, `${SCHOOL_UNIT} ${directive}`],
    'Enrolment.schoolUnit',
  ]),
  [
    '@federation__requires(fields: "id")',
    ['school', 'from: String', 'from: String @federation__requires(fields: "id")'],
    'Attendance.from',
  ],
  [
    '@fromContext(field: "$x { id }")',
    ['school', ATTENDANCE, ATTENDANCE.replace(':', '(after: String @fromContext(field: "$x { id }")):')],
    'Youth.attendance(after:)',
  ],
  ['@context(name: "x")', ['school', '@key(fields: "id")', '@key(fields: "id") @context(name: "x")'], 'Youth'],
  [
    '@interfaceObject',
    ['school', 'type Attendance implements Recorded', 'type Attendance implements Recorded @interfaceObject'],
    'Attendance',
  ],
  ['@extends', ['school', '@key(fields: "id")', '@key(fields: "id") @extends'], 'Youth'],
  [
    '@shareable on a type',
    ['school', 'type Attendance implements Recorded', 'type Attendance implements Recorded @shareable'],
    'Attendance',
  ],
  ['@shareable on an open field', ['registry', 'place: Place', 'place: Place @shareable'], 'EndSeatPayload.place'],
  ['a directive on the schema', ['school', 'extend schema', 'extend schema @tag(name: "x")'], 'schema'],
  [
    '@shareable on a guarded Query.youth',
    ['school', '@open(reason: "Says back the id that was asked for.")', '@restricted(roles: [MENTOR])'],
    'Query.youth',
  ],
];

test.each(REFUSED)('C9 refuses %s', (_directive, spoils, coordinate) => {
  expect(faultsOf(spoilt(...spoils))).toEqual([`${spoils[0]} ${coordinate} [federation-directives-are-allowed]`]);
});
