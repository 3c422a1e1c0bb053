import { describe, expect, test } from '@jest/globals';
import { getOperationAST, parse } from 'graphql';
import { anna, bo, labels, schema, touched, unitsIn } from '../../test/chassis/example-operations.ts';
import { exampleSchema, youthId } from '../../test/chassis/example-schema.ts';
import { growth } from '../../test/setup/cpu-time.ts';
import { Labels } from './labels.ts';
import { MAX_UNITS, MAX_YOUTHS, touchedBy } from './touched.ts';

const kindsOf = (text: string, variables?: Record<string, unknown>) =>
  touched(text, variables).kinds.map(({ category, whereabouts }) => (whereabouts ? `${category} (w)` : category));
const youthsOf = (text: string, variables?: Record<string, unknown>) =>
  touched(text, variables).youths.map(({ id }) => id);
const about = (selection: string, head = '') => `query ${head} { youth(id: "${anna}") { ${selection} } }`;

describe('kinds', () => {
  test('are those of the selected fields, each with the fields that ask', () => {
    expect(touched(about('id talks { place date } suspicions { date }'))).toEqual({
      kinds: [
        { category: 'police.talk', whereabouts: false, fields: ['date', 'place', 'talks'] },
        { category: 'police.talk', whereabouts: true, fields: ['place'] },
        { category: 'police.suspicion', whereabouts: false, fields: ['date', 'suspicions'] },
      ],
      youths: [{ id: anna, kinds: 0b111n }],
    });
  });

  test('are of the field, whatever its alias', () => {
    expect(touched(about('id: suspicions { talks: date }')).kinds).toEqual([
      { category: 'police.suspicion', whereabouts: false, fields: ['date', 'suspicions'] },
    ]);
  });

  test('are found in inline fragments, with and without a type', () => {
    expect(kindsOf(about('... { suspicions { __typename } } ... on Youth { talks { __typename } }'))).toEqual([
      'police.suspicion',
      'police.talk',
    ]);
  });

  test('are found in named fragments, nested', () => {
    const fragments =
      'fragment A on Youth { ...B } fragment B on Youth { talks { ...C } } fragment C on Talk { place }';
    expect(kindsOf(`${about('...A')} ${fragments}`)).toEqual(['police.talk', 'police.talk (w)']);
  });

  test('are found through an interface in each type that it may be, and in no other', () => {
    expect(kindsOf('{ thing { name } }')).toEqual(['police.bag']);
    expect(kindsOf('{ thing { ... on Thing { ... on Box { name } } } }')).toEqual([]);
    expect(kindsOf('{ thing { ... on Box { ... on Thing { name } } } }')).toEqual([]);
  });

  test('are none if nothing guarded is selected, and then no youth is asked about', () => {
    expect(touched(about('id'))).toEqual({ kinds: [], youths: [] });
  });
});

describe('skip and include', () => {
  const both = 'suspicions @skip(if: $s) { date } talks @include(if: $i) { date }';

  test('are evaluated with the variables', () => {
    const head = '($s: Boolean!, $i: Boolean!)';
    expect(kindsOf(about(both, head), { s: false, i: false })).toEqual(['police.suspicion']);
    expect(kindsOf(about(both, head), { s: true, i: true })).toEqual(['police.talk']);
    expect(kindsOf(about(both, head), { s: true, i: false })).toEqual([]);
  });

  test('are evaluated with the variables’ defaults', () => {
    expect(kindsOf(about(both, '($s: Boolean = true, $i: Boolean = true)'))).toEqual(['police.talk']);
    expect(kindsOf(about(both, '($s: Boolean = false, $i: Boolean = false)'))).toEqual(['police.suspicion']);
    expect(kindsOf(about(both, '($s: Boolean = true, $i: Boolean = false)'), { s: false })).toEqual([
      'police.suspicion',
    ]);
  });

  test('are evaluated as literals', () => {
    expect(
      kindsOf(about('suspicions @skip(if: true) { date } talks @include(if: true) @skip(if: false) { date }')),
    ).toEqual(['police.talk']);
  });

  test('count on fragments, and leave the same fragment without them in place', () => {
    const fragments = 'fragment T on Youth { talks { date } }';
    expect(
      kindsOf(`${about('...T @include(if: false) ... @skip(if: true) { suspicions { date } }')} ${fragments}`),
    ).toEqual([]);
    expect(kindsOf(`${about('...T @include(if: false) ...T')} ${fragments}`)).toEqual(['police.talk']);
  });

  test('leave out the youths of what is skipped', () => {
    const text = `{ a: youth(id: "${anna}") @skip(if: true) { talks { date } } b: youth(id: "${bo}") { talks { date } } }`;
    expect(youthsOf(text)).toEqual([bo]);
  });
});

describe('youths', () => {
  const entities = (given: string, head = '') =>
    `query ${head} { _entities(representations: ${given}) { ... on Youth { talks { date } } } }`;

  test('are named by an id, as literal, variable or default', () => {
    expect(youthsOf(about('talks { date }'))).toEqual([anna]);
    expect(youthsOf('query ($id: ID!) { youth(id: $id) { talks { date } } }', { id: bo })).toEqual([bo]);
    expect(youthsOf(`query ($id: ID = "${bo}") { youth(id: $id) { talks { date } } }`)).toEqual([bo]);
  });

  test('are named by representations, as literal or variable', () => {
    const [a, b] = [anna, bo].map((id) => `{ __typename: "Youth", id: "${id}" }`);
    expect(youthsOf(entities(`[${a}, ${b}]`))).toEqual([anna, bo]);
    expect(youthsOf(entities(`[{ __typename: "Youth", id: $id }]`, '($id: ID!)'), { id: bo })).toEqual([bo]);
    expect(
      youthsOf(entities('$r', '($r: [_Any!]!)'), {
        r: [
          { __typename: 'Youth', id: anna },
          { __typename: 'Youth', id: bo },
        ],
      }),
    ).toEqual([anna, bo]);
  });

  test('are each asked about once, in lower case', () => {
    const id = 'ABCDEF00-0000-4000-8000-00000000000A';
    const text = `{ a: youth(id: "${id}") { talks { date } } b: youth(id: "${id.toLowerCase()}") { talks { date } } }`;
    expect(youthsOf(text)).toEqual([id.toLowerCase()]);
  });

  test('are not asked about if their id is malformed', () => {
    const r = [
      { __typename: 'Youth', id: 'x' },
      { __typename: 'Youth', id: `${anna} ` },
      { __typename: 'Youth', id: 7 },
      { __typename: 'Youth', id: [anna] },
      { __typename: 'Youth' },
      { __typename: 'Talk', id: anna },
      { id: anna },
      'Youth',
      [],
    ];
    expect(youthsOf(entities('$r', '($r: [_Any!]!)'), { r })).toEqual([]);
    expect(youthsOf(`{ youth(id: "${anna.slice(1)}") { talks { date } } }`)).toEqual([]);
  });

  test('are named by nothing else', () => {
    expect(youthsOf(about(`talk(id: "${bo}") { date }`))).toEqual([anna]);
    expect(youthsOf(`mutation { forgetTalk(id: "${anna}") }`)).toEqual([]);
  });

  test('are none when the variables do not fit, since nothing will run', () => {
    const text = 'query ($id: ID!) { youth(id: $id) { talks { date } } }';
    expect(touched(text, {})).toEqual({ kinds: [], youths: [] });
    expect(touched(text, { id: { not: 'an id' } })).toEqual({ kinds: [], youths: [] });
  });
});

describe('fragments', () => {
  /** The second is twice the first: a walk along every path would take more than a hundred times as long. */
  const DEPTHS = [8, 16] as const;

  test('are followed once each if doubled and nested', () => {
    const work = (depth: number) => {
      const fragments = Array.from(
        { length: depth },
        (_, n) => `fragment F${n} on Youth { ...F${n + 1} ...F${n + 1} }`,
      );
      const document = parse(`${about('...F0')} ${fragments.join(' ')} fragment F${depth} on Youth { talks { date } }`);
      const operation = getOperationAST(document);
      if (operation == null) throw new Error('The example has one operation.');
      return touchedBy(schema, labels, document, operation, {});
    };

    expect(growth(work, DEPTHS)).toBeLessThan(20);
    expect(work(200).kinds).toHaveLength(1);
  });

  test('are followed once each if nested on an interface', () => {
    const textOf = (depth: number) =>
      `{ thing { ${'next { ... on Thing { '.repeat(depth)} name ${'} }'.repeat(depth)} } }`;

    expect(growth((depth) => kindsOf(textOf(depth)), DEPTHS)).toBeLessThan(20);
    expect(kindsOf(textOf(20))).toEqual(['police.bag']);
  });

  test('come to an end if they form a circle', () => {
    const document = parse(`${about('...A')} fragment A on Youth { ...B } fragment B on Youth { ...A talks { date } }`);
    const operation = getOperationAST(document);
    if (operation == null) throw new Error('The example has one operation.');

    expect(touchedBy(schema, labels, document, operation, {}).kinds).toHaveLength(1);
  });
});

describe('LIMIT_EXCEEDED', () => {
  const many = (count: number) => Array.from({ length: count }, (_, n) => ({ __typename: 'Youth', id: youthId(n) }));
  const ask = (selection: string) =>
    `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Youth { ${selection} } } }`;
  const refusal = expect.objectContaining({ extensions: { code: 'LIMIT_EXCEEDED' } });
  const fault = (run: () => unknown): unknown => {
    try {
      return run();
    } catch (error) {
      return error;
    }
  };

  test('refuses more than 200 youths', () => {
    expect(MAX_YOUTHS).toBe(200);
    expect(youthsOf(ask('talks { date }'), { r: many(200) })).toHaveLength(200);
    expect(fault(() => youthsOf(ask('talks { date }'), { r: many(201) }))).toEqual(refusal);
  });

  test('refuses more than 5,000 units', () => {
    const names = Array.from({ length: 26 }, (_, n) => `f${n}`);
    const wide = exampleSchema(`
      type Query @open(reason: "An example.") { a: Int }
      type Youth @key(fields: "id") {
        id: ID @open(reason: "An example.")
        ${names.map((name) => `${name}: Int @consent(category: "police.${name}")`).join('\n')}
      }
    `);
    const of = { schema: wide, labels: new Labels(wide) };

    expect(MAX_UNITS).toBe(5_000);
    expect(touched(ask(names.slice(0, 25).join(' ')), { r: many(200) }, of).kinds).toHaveLength(25);
    expect(fault(() => touched(ask(names.join(' ')), { r: many(200) }, of))).toEqual(refusal);
    expect(touched(ask(names.join(' ')), { r: many(192) }, of).youths).toHaveLength(192);
    // Of which 4,999 + 1 and 4,999 + 2 are asked, whatever the product of all youths and all kinds.
    const apart = (more: string) => `query ($r: [_Any!]!, $s: [_Any!]!, $t: [_Any!]!) {
      a: _entities(representations: $r) { ... on Youth { ${names.slice(0, 25).join(' ')} } }
      b: _entities(representations: $s) { ... on Youth { ${names.slice(0, 24).join(' ')} } }
      c: _entities(representations: $t) { ... on Youth { ${more} } }
    }`;
    const all = many(200);
    const variables = { r: all.slice(0, 199), s: all.slice(199), t: all.slice(0, 1) };
    expect(unitsIn(touched(apart(names[25] ?? ''), variables, of)).size).toBe(5_000);
    expect(fault(() => touched(apart(names[25] ?? ''), { ...variables, t: all.slice(0, 2) }, of))).toEqual(refusal);
  });

  test('does not count youths of whom nothing guarded is asked', () => {
    expect(touched(ask('id'), { r: many(1_000) })).toEqual({ kinds: [], youths: [] });
  });
});

describe('a field that shows every decision', () => {
  const all = exampleSchema(`
    type Query @open(reason: "An example.") { youth(id: ID!): Youth }
    type Youth @key(fields: "id") {
      id: ID! @open(reason: "An example.")
      talks: String @consent(category: "school.talk")
      place: String @consent(category: "school.talk", whereabouts: true)
      readable: String @restricted(roles: [CASEWORKER])
    }
  `);
  const askedBy = (text: string, asksForAll: string | null) => {
    const document = parse(text);
    const operation = getOperationAST(document);
    if (operation == null) throw new Error('Expected an operation.');
    return touchedBy(all, new Labels(all, asksForAll), document, operation, {}).kinds;
  };

  test('asks for every kind of the subgraph, and is named beside what asks as well', () => {
    const talk = { category: 'school.talk', whereabouts: false };
    const place = { category: 'school.talk', whereabouts: true };
    expect(askedBy(`{ youth(id: "${anna}") { readable } }`, 'readable')).toEqual([
      { ...talk, fields: ['readable'] },
      { ...place, fields: ['readable'] },
    ]);
    expect(askedBy(`{ youth(id: "${anna}") { readable talks } }`, 'readable')).toEqual([
      { ...talk, fields: ['readable', 'talks'] },
      { ...place, fields: ['readable'] },
    ]);
    expect(askedBy(`{ youth(id: "${anna}") { id } }`, 'readable')).toEqual([]);
    expect(askedBy(`{ youth(id: "${anna}") { readable } }`, null)).toEqual([]);
  });
});
