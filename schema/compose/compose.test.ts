import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Kind, parse } from 'graphql';
import { GOOD_SCHEMAS, spoilt } from '../../test/checks/example-schemas.ts';
import { reachable } from './checks/reachable.ts';
import { ROOTS_TO_YOUTH } from './checks/roots-to-youth-are-listed.ts';
import { elements, namedType, readSchema } from './checks/schema-document.ts';
import { ComposeError, compose, type SubgraphSource } from './compose.ts';

test('carries every label into the supergraph with every argument', () => {
  const { supergraph } = compose(GOOD_SCHEMAS);
  const category = supergraph.slice(supergraph.indexOf('type Youth')).replaceAll(/\s+/g, ' ');
  expect(category).toContain(
    '@category(code: "school.attendance", nameSv: "Närvaro", nameEn: "Attendance", secrecy: "OSL 23 kap. 2 §", ' +
      'retention: "P2Y", date: "from..to", youthSigns: true, grantable: false)',
  );
  expect(supergraph).toContain('schoolUnit: String @consent(category: "school.enrolment", whereabouts: true)');
  expect(supergraph).toContain('type InterventionGroup @restricted(roles: [COORDINATOR], relation: MEMBER)');
  expect(supergraph).toContain('EndSeatPayload @restricted(roles: [COORDINATOR]) @fenced');
  expect(supergraph).toContain('youth(id: ID!): Youth @open(reason: "Says back the id that was asked for.")');
});

test('labels a shared field once', () => {
  const joined = readSchema(null, parse(compose(GOOD_SCHEMAS).supergraph));
  const id = [...elements(joined)].find(({ coordinate }) => coordinate === 'Youth.id');
  expect(id?.directives.map(({ name }) => name.value)).toEqual(['open']);
});

test('puts root fields in the order of a case, the sectors’ between those of the registry', () => {
  const joined = readSchema(null, parse(compose(withRoots()).supergraph));
  expect([...(joined.types.get('Mutation')?.fields.keys() ?? [])]).toEqual([
    'proposeGroup',
    'acknowledgeConsent',
    'recordAttendance',
    'endSeat',
  ]);
  expect([...(joined.types.get('Query')?.fields.keys() ?? [])]).toEqual(['youth', 'groups']);
});

test('puts the sectors’ root fields last if the registry has none that they follow', () => {
  const joined = readSchema(null, parse(compose(GOOD_SCHEMAS).supergraph));
  expect([...(joined.types.get('Mutation')?.fields.keys() ?? [])]).toEqual([
    'endSeat',
    'proposeGroup',
    'recordAttendance',
  ]);
});

test('describes the root types and the labels', () => {
  const joined = readSchema(null, parse(compose(GOOD_SCHEMAS).supergraph));
  for (const root of ['Query', 'Mutation']) {
    expect(joined.types.get(root)?.description).toContain('in the order of a case');
  }
  const consent = joined.directiveDefinitions.find(({ name }) => name.value === 'consent');
  expect(consent?.description?.value).toContain('Information about a youth.');
});

test('gives the schema no description, since routers do not parse one', () => {
  const { definitions } = parse(compose(GOOD_SCHEMAS).supergraph);
  const [schema] = definitions.filter((node) => node.kind === Kind.SCHEMA_DEFINITION);
  expect(schema).toBeDefined();
  expect(schema?.description).toBeUndefined();
});

test('keeps the reason against the fence from clients', () => {
  const { supergraph } = compose(GOOD_SCHEMAS);
  expect(supergraph).toContain('proposeGroup');
  expect(supergraph).not.toMatch(/unfenced|gives nobody a permission/);
});

test('composes the same text in any order', () => {
  expect(compose([...GOOD_SCHEMAS].reverse())).toEqual(compose(GOOD_SCHEMAS));
});

test('names every fault at once, with rule, subgraph, place and remedy', () => {
  const [, school] = spoilt('school', '"One period."', '');
  const [registry] = spoilt('registry', 'groups: [InterventionGroup!] @restricted(relation: MEMBER)', 'groups: [ID!]');
  const composing = () => compose([registry, school].filter((source) => source !== undefined));
  expect(composing).toThrow(ComposeError);
  expect(composing).toThrow(
    [
      'The schema does not compose:',
      '  registry: Youth.groups carries no label. Put @consent, @restricted or @open(reason:) on it, or on its type. [fields-are-labelled]',
      '  school: Attendance has no description. Describe it in one sentence, with the Swedish term if there is one. [everything-is-described]',
    ].join('\n'),
  );
});

/** The good schemas with the registry’s mutations in the order of a case, one of them acknowledging a consent. */
function withRoots(): SubgraphSource[] {
  const endSeat = /"Ends a seat\."\s+endSeat[^\n]*\n/;
  const acknowledge =
    '"Acknowledges." acknowledgeConsent: ProposeGroupPayload @restricted(roles: [MENTOR]) @unfenced(reason: "It ends nothing.")';
  return GOOD_SCHEMAS.map(({ name, sdl }) => {
    const [moved = ''] = sdl.match(endSeat) ?? [];
    if (moved === '') return { name, sdl };
    return {
      name,
      sdl: sdl
        .replace(moved, '')
        .replace('"Which seat to end."', `extend type Mutation { ${acknowledge} ${moved} }\n$&`),
    };
  });
}

test('lists no root field that does not lead to Youth', () => {
  const supergraph = readFileSync(new URL('../generated/supergraph.graphql', import.meta.url), 'utf8');
  const joined = readSchema(null, parse(supergraph));
  const leading = [...(joined.types.get('Query')?.fields ?? [])]
    .filter(([name, { type }]) => name !== 'youth' && reachable(joined, namedType(type)).has('Youth'))
    .map(([name]) => name);
  expect(leading.sort()).toEqual(Object.keys(ROOTS_TO_YOUTH).sort());
});
