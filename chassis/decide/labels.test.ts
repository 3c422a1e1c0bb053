import { describe, expect, test } from '@jest/globals';
import { exampleSchema } from '../../test/chassis/example-schema.ts';
import { Labels } from './labels.ts';

const labelsOf = (sdl: string) => new Labels(exampleSchema(sdl));
const OPEN = '@open(reason: "An example.")';

describe('C2 building a schema', () => {
  test('fails if a field and its type have no label', () => {
    expect(() => labelsOf(`type Query { a: Int ${OPEN} b: Int }`)).toThrow('Query.b carries no label');
  });

  test('fails if a field is named like one of federation’s on another type than Query', () => {
    expect(() => labelsOf(`type Query ${OPEN} { a: Int } type Youth { _service: String }`)).toThrow(
      'Youth._service carries no label',
    );
  });

  test('fails if only the interface of a field has a label', () => {
    const sdl = `interface Named { name: String ${OPEN} } type Person implements Named { name: String }`;
    expect(() => labelsOf(`${sdl} type Query { a: Person ${OPEN} }`)).toThrow('Person.name carries no label');
  });

  test('fails if the only label of a field does not guard', () => {
    expect(() => labelsOf(`type Query ${OPEN} { a: Int } type Mutation { b: Int @fenced }`)).toThrow(
      'Mutation.b carries no label',
    );
  });

  test('fails if it guards more kinds of unit than a mask has bits', () => {
    const fields = (count: number) =>
      Array.from({ length: count }, (_, n) => `f${n}: Int @consent(category: "police.kind${n}")`).join(' ');
    const sdl = (count: number) => `type Query ${OPEN} { a: Int } type Youth { ${fields(count)} }`;

    expect(labelsOf(sdl(30)).kinds).toHaveLength(30);
    expect(() => labelsOf(sdl(31))).toThrow('at most 30 kinds of unit; this one has 31');
  });
});

describe('labels', () => {
  test('count on a type and on its field', () => {
    const labels = labelsOf(`
      type Query ${OPEN} { a: Int }
      type Association @consent(category: "police.association") {
        date: String
        placeType: String @consent(category: "police.association", whereabouts: true)
      }
    `);

    expect(labels.of('Association', 'date')).toEqual([
      { kind: 'consent', category: 'police.association', whereabouts: false },
    ]);
    expect(labels.of('Association', 'placeType')).toEqual([
      { kind: 'consent', category: 'police.association', whereabouts: false },
      { kind: 'consent', category: 'police.association', whereabouts: true },
    ]);
  });

  test('count on an extension of a type', () => {
    const labels = labelsOf(`
      type Query ${OPEN} { a: Int }
      type Note { text: String ${OPEN} }
      extend type Note @consent(category: "leisure.note") { date: String }
    `);

    const note = { kind: 'consent', category: 'leisure.note', whereabouts: false };
    expect(labels.of('Note', 'text')).toEqual([note, { kind: 'open' }]);
    expect(labels.of('Note', 'date')).toEqual([note]);
  });

  test('name roles or the relation for the hub’s own matters', () => {
    const labels = labelsOf(`
      type Query {
        a: Int @restricted(roles: [AUDITOR, MANAGER])
        b: Int @restricted(relation: MEMBER)
        c: Int @restricted
      }
    `);

    expect(labels.of('Query', 'a')).toEqual([{ kind: 'restricted', roles: ['AUDITOR', 'MANAGER'], member: false }]);
    expect(labels.of('Query', 'b')).toEqual([{ kind: 'restricted', roles: null, member: true }]);
    expect(labels.of('Query', 'c')).toEqual([{ kind: 'restricted', roles: null, member: false }]);
  });

  test('are not needed on federation’s own fields, inputs and enums', () => {
    const labels = labelsOf(`
      type Query ${OPEN} { a(b: B): Int }
      input B { c: C }
      enum C { D }
      type Youth @key(fields: "id") { id: ID ${OPEN} }
    `);

    expect(labels.kinds).toEqual([]);
    expect(() => labels.of('Query', '_entities')).toThrow('was not labelled');
  });
});

describe('kinds of unit', () => {
  const labels = labelsOf(`
    type Query ${OPEN} { a: Int }
    type Youth {
      talks: [Talk] @consent(category: "police.talk")
      talkPlace: String @consent(category: "police.talk", whereabouts: true)
      reports: String @consent(category: "police.report")
    }
    type Talk @consent(category: "police.talk") { date: String place: String @consent(category: "police.talk", whereabouts: true) }
  `);

  test('are listed once each, whereabouts apart', () => {
    expect(labels.kinds).toEqual([
      { category: 'police.talk', whereabouts: false },
      { category: 'police.talk', whereabouts: true },
      { category: 'police.report', whereabouts: false },
    ]);
  });

  test('have a bit each', () => {
    expect(labels.kinds.map((kind) => labels.bit(kind))).toEqual([1, 2, 4]);
  });

  test('make one mask from a field’s labels', () => {
    expect(labels.mask(labels.of('Talk', 'place'))).toBe(3);
    expect(labels.mask(labels.of('Query', 'a'))).toBe(0);
  });

  test('are refused if no field has them', () => {
    expect(() => labels.bit({ category: 'police.report', whereabouts: true })).toThrow(
      'No field is labelled with police.report whereabouts',
    );
  });
});
