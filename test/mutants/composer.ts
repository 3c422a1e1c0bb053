import type { Mutant } from './mutant.ts';

const CHECKS = 'schema/compose/checks/';

const changes: readonly (readonly [breaks: string, file: string, find: string, replace: string])[] = [
  [
    'no argument filters what an open frame leads to',
    'guarded-arguments-are-few.ts',
    ' && !leadsToConsent(schema, namedType(field.type))',
    '',
  ],
  [
    'an allowed argument has an allowed type',
    'guarded-arguments-are-few.ts',
    '?.includes(namedType(argument.type))',
    '',
  ],
  [
    'a root field that leads to Youth is restricted',
    'roots-to-youth-are-listed.ts',
    "if (directivesNamed(field, 'restricted').length === 0) {",
    "if (directivesNamed(field, 'restricted').length < 0) {",
  ],
  [
    'a root field that leads to Youth is in the list',
    'roots-to-youth-are-listed.ts',
    'if (!Object.hasOwn(ROOTS_TO_YOUTH, name)) {',
    "if (name === '') {",
  ],
  [
    'a youth’s id inside an input is noticed',
    'youth-ids-are-guarded.ts',
    '(schema.types.get(name)?.inputs ?? []).some((input) => holdsYouthId(schema, input, seen))',
    'false',
  ],
  [
    'a value of federation’s scalars is noticed',
    'definitions/scalars-are-known.ts',
    'if (!schema.types.has(name) && !KNOWN.includes(name)) yield',
    "if (name === '') yield",
  ],
  [
    'no label has an argument that is null',
    'labels-make-sense.ts',
    'value.kind === Kind.NULL ? [name.value] : []',
    "value.kind === Kind.NULL && name.value === '' ? [name.value] : []",
  ],
];

/** Every rule, taken off the list. */
const rules: readonly Mutant[] = [
  'linksArePlain',
  'labelsAreTheContracts',
  'fieldsAreLabelled',
  'labelsMakeSense',
  'guardedFieldsAreNullable',
  'interfacesAreUnguarded',
  'guardedTypesHangOnYouth',
  'payloadsDoNotReachYouth',
  'youthIsTheOnlyEntity',
  'federationDirectivesAreAllowed',
  'categoriesAreDeclared',
  'categoriesAreOwn',
  'categoriesAreComplete',
  'textsAreMarked',
  'mutationsAreFenced',
  'everythingIsDescribed',
  'directivesAreForSchemas',
  'subscriptionsAreAbsent',
  'scalarsAreKnown',
  'guardedArgumentsAreFew',
  'rootsToYouthAreListed',
  'youthIdsAreGuarded',
].map((name) => ({
  breaks: `the composer’s rule ${name}`,
  file: `${CHECKS}rules.ts`,
  find: `\n  ${name},\n`,
  replace: '\n',
  tests: ['schema/compose/checks', 'schema/compose'],
}));

/** The composer's rules, and conditions of some of them. */
export const composer: readonly Mutant[] = [
  ...rules,
  ...changes.map(([breaks, file, find, replace]) => ({
    breaks,
    file: CHECKS + file,
    find,
    replace,
    tests: ['schema/compose/checks/checks'],
  })),
];
