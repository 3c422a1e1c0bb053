import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { getOperationAST, parse } from 'graphql';
import { anna, bo, labels, schema, touched, unitsIn } from '../../test/chassis/example-operations.ts';
import { exampleSchema, youthId } from '../../test/chassis/example-schema.ts';
import { Labels } from './labels.ts';
import { touchedBy } from './touched.ts';

/** The units of several operations together, each with the fields of all that ask for it. */
function togetherOf(operations: readonly Map<string, string[]>[]): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const [unit, fields] of operations.flatMap((each) => [...each])) {
    all.set(unit, [...new Set([...(all.get(unit) ?? []), ...fields])].sort());
  }
  return all;
}

const sorted = (units: Map<string, string[]>) => [...units].toSorted(([a], [b]) => (a < b ? -1 : 1));

describe('a unit is what was asked', () => {
  test('asks about a youth only what a root field that names the youth asks', () => {
    expect(
      touched(`{ a: youth(id: "${anna}") { talks { date } } b: youth(id: "${bo}") { suspicions { date } } }`),
    ).toEqual({
      kinds: [
        { category: 'police.talk', whereabouts: false, fields: ['date', 'talks'] },
        { category: 'police.suspicion', whereabouts: false, fields: ['date', 'suspicions'] },
      ],
      youths: [
        { id: anna, kinds: 0b01n },
        { id: bo, kinds: 0b10n },
      ],
    });
  });

  test('and everything that the root fields ask together that name the same youth', () => {
    const text = `{ youth(id: "${anna}") { talks { date } } b: youth(id: "${bo}") { talks { date } }
      youth(id: "${anna}") { suspicions { date } } ... on Query { c: youth(id: "${anna}") { talks { place } } } }`;
    expect(touched(text)).toEqual({
      kinds: [
        { category: 'police.talk', whereabouts: false, fields: ['date', 'place', 'talks'] },
        { category: 'police.suspicion', whereabouts: false, fields: ['date', 'suspicions'] },
        { category: 'police.talk', whereabouts: true, fields: ['place'] },
        { category: 'police.talk', whereabouts: false, fields: ['date', 'talks'] },
      ],
      youths: [
        { id: anna, kinds: 0b0111n },
        { id: bo, kinds: 0b1000n },
      ],
    });
  });

  test('counts each alias of a federated request as a root field', () => {
    const of = (id: string) => `[{ __typename: "Youth", id: "${id}" }]`;
    const text = `{ a: _entities(representations: ${of(anna)}) { ... on Youth { talks { date } } }
      b: _entities(representations: ${of(bo)}) { ... on Youth { suspicions { date } } } }`;
    expect([...unitsIn(touched(text)).keys()]).toEqual([`${anna} police.talk`, `${bo} police.suspicion`]);
  });

  test('nothing of what no root field asks of a youth, though another youth is asked about', () => {
    const text = `{ thing(id: "nobody") { name } youth(id: "${anna}") { talks { date } } }`;
    expect([...unitsIn(touched(text)).keys()]).toEqual([`${anna} police.talk`]);
    expect(touched(text).kinds).toHaveLength(1);
  });

  test('the fields of all that ask stand together where the kinds would be more than the bits', () => {
    const names = Array.from({ length: 7 }, (_, n) => `f${n}`);
    const wide = exampleSchema(`
      type Query @open(reason: "An example.") { youth(id: ID!): Youth }
      type Youth @key(fields: "id") {
        id: ID @open(reason: "An example.")
        ${names.map((name) => `${name}: Int @consent(category: "police.f")`).join('\n')}
      }
    `);
    const of = { schema: wide, labels: new Labels(wide) };
    /** Each youth is asked other fields: those whose bits its number has. */
    const asking = (count: number) =>
      Array.from({ length: count }, (_, n) => n + 1).map(
        (n) => `y${n}: youth(id: "${youthId(n)}") { ${names.filter((_, bit) => n & (1 << bit)).join(' ')} }`,
      );
    const apart = touched(`{ ${asking(62).join(' ')} }`, {}, of);
    expect(apart.kinds).toHaveLength(62);
    expect(unitsIn(apart).get(`${youthId(62)} police.f`)).toEqual(['f1', 'f2', 'f3', 'f4', 'f5']);
    const widened = touched(`{ ${asking(64).join(' ')} }`, {}, of);
    expect(widened.kinds).toEqual([{ category: 'police.f', whereabouts: false, fields: names }]);
    expect(widened.youths).toHaveLength(64);
    expect(widened.youths.every(({ kinds }) => kinds === 1n)).toBe(true);
  });

  test('LAW the units of an operation are those of each of its root fields asked alone', () => {
    const youth = fc.nat({ max: 3 }).map((n) => `"${youthId(n)}"`);
    const fields = fc.uniqueArray(
      fc.constantFrom(
        'id',
        'talks { date }',
        'talks { place }',
        'suspicions { date }',
        '...T',
        '...S',
        '... @skip(if: $no) { ...W }',
      ),
      { minLength: 1 },
    );
    const representations = fc
      .array(youth, { maxLength: 3 })
      .map((ids) => `[${ids.map((id) => `{ __typename: "Youth", id: ${id} }`).join()}]`);
    const directive = fc.constantFrom('', '', '@include(if: $yes)', '@include(if: $no)', '@skip(if: $no)');
    const root = fc.oneof(
      fc.tuple(youth, fields).map(
        ([id, its]) =>
          (head: string) =>
            `youth(id: ${id}) ${head} { ${its.join(' ')} }`,
      ),
      fc.tuple(representations, fields).map(
        ([given, its]) =>
          (head: string) =>
            `_entities(representations: ${given}) ${head} { ... on Youth { ${its.join(' ')} } }`,
      ),
      youth.map((id) => (head: string) => `thing(id: ${id}) ${head} { name }`),
    );
    const roots = fc.array(fc.tuple(root, directive, fc.boolean()), { minLength: 1, maxLength: 6 });
    const fragments = `fragment T on Youth { talks { date } } fragment S on Youth { suspicions { date } ...T }
      fragment W on Youth { talks { ... on Talk { place } } }`;
    const asked = (selections: readonly string[]) => {
      const document = parse(`query ($yes: Boolean!, $no: Boolean!) { ${selections.join(' ')} } ${fragments}`);
      const operation = getOperationAST(document);
      if (operation == null) throw new Error('The example has one operation.');
      return unitsIn(touchedBy(schema, labels, document, operation, { yes: true, no: false }));
    };
    fc.assert(
      fc.property(roots, (given) => {
        const selections = given.map(([text, head, isNested], n) =>
          isNested ? `... on Query { r${n}: ${text(head)} }` : `r${n}: ${text(head)}`,
        );
        expect(sorted(asked(selections))).toEqual(sorted(togetherOf(selections.map((each) => asked([each])))));
      }),
      { numRuns: 500 },
    );
  });
});
