import { expect, test } from '@jest/globals';
import { parse } from 'graphql';
import { GOOD_SCHEMAS, spoilt } from '../../test/checks/example-schemas.ts';
import { elements, readSchema } from './checks/schema-document.ts';
import { ComposeError, compose } from './compose.ts';

test('carries every label into the supergraph with every argument', () => {
  const { supergraph } = compose(GOOD_SCHEMAS);
  const category = supergraph.slice(supergraph.indexOf('type Youth')).replaceAll(/\s+/g, ' ');
  expect(category).toContain(
    '@category( code: "school.attendance" nameSv: "Närvaro" nameEn: "Attendance" secrecy: "OSL 23 kap. 2 §" ' +
      'retention: "P2Y" date: "from..to" youthSigns: true grantable: false )',
  );
  expect(supergraph).toContain('schoolUnit: String @consent(category: "school.enrolment", whereabouts: true)');
  expect(supergraph).toContain('type InterventionGroup @restricted(roles: [COORDINATOR], relation: MEMBER)');
  expect(supergraph).toContain('EndSeatPayload @restricted(roles: [COORDINATOR]) @fenced');
  expect(supergraph).toContain('youth(id: ID!): Youth @open(reason: "Says back the id that was asked for.")');
});

test('labels a field that subgraphs share once', () => {
  const joined = readSchema(null, parse(compose(GOOD_SCHEMAS).supergraph));
  const id = [...elements(joined)].find(({ coordinate }) => coordinate === 'Youth.id');
  expect(id?.directives.map(({ name }) => name.value)).toEqual(['open']);
});

test('composes the same text in any order', () => {
  expect(compose([...GOOD_SCHEMAS].reverse())).toEqual(compose(GOOD_SCHEMAS));
});

test('names every fault at once, with rule, subgraph, place and what to do', () => {
  const [, school] = spoilt('school', '"One period."', '');
  const [registry] = spoilt('registry', 'groups: [InterventionGroup!] @restricted(relation: MEMBER)', 'groups: [ID!]');
  const composing = () => compose([registry, school].filter((source) => source !== undefined));
  expect(composing).toThrow(ComposeError);
  expect(composing).toThrow(
    [
      'The schema does not compose:',
      '  registry: Youth.groups carries no label. Put @consent, @restricted or @open(reason:) on it, or on its type. [fields-are-labelled]',
      '  school: Attendance has no description. Say in a sentence what it is; the Swedish term with it, where there is one. [everything-is-described]',
    ].join('\n'),
  );
});
