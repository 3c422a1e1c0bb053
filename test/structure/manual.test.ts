import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { type GraphQLField, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { createEngine } from '../../gateway/engine/engine.ts';
import { ORDER_OF_A_CASE } from '../../schema/order-of-a-case.ts';

const SUPERGRAPH = new URL('../../schema/generated/supergraph.graphql', import.meta.url);
const { apiSchema: schema } = createEngine({
  supergraph: readFileSync(SUPERGRAPH, 'utf8'),
  description: ORDER_OF_A_CASE,
  transport: () => Promise.reject(new Error('Nothing is asked.')),
});

/** Descriptions of what people see in a client, by coordinate; null where there is none. */
function descriptions(): Map<string, string | null> {
  const found = new Map<string, string | null>([['schema', schema.description ?? null]]);
  const note = (coordinate: string, { description }: { readonly description?: string | null | undefined }) =>
    found.set(coordinate, description ?? null);
  for (const directive of schema.getDirectives().filter(({ name }) => LABELS.includes(name))) {
    note(`@${directive.name}`, directive);
    for (const argument of directive.args) note(`@${directive.name}(${argument.name}:)`, argument);
  }
  for (const type of Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'))) {
    if (!BUILT_IN.includes(type.name)) note(type.name, type);
    if (isEnumType(type)) for (const value of type.getValues()) note(`${type.name}.${value.name}`, value);
    if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      note(`${type.name}.${field.name}`, field);
      // A mutation's one argument is its input, whose type says what it is.
      if (!('args' in field) || type === schema.getMutationType()) continue;
      for (const argument of field.args) note(`${type.name}.${field.name}(${argument.name}:)`, argument);
    }
  }
  return found;
}

const LABELS = ['consent', 'restricted', 'open', 'fenced', 'category'];
const BUILT_IN = ['String', 'Int', 'Float', 'Boolean', 'ID'];

/** The coordinates whose description matches. */
function matching(pattern: RegExp): string[] {
  return [...descriptions()].filter(([, text]) => pattern.test(text ?? '')).map(([coordinate]) => coordinate);
}

type Root = GraphQLField<unknown, unknown>;
const mutations: Root[] = Object.values(schema.getMutationType()?.getFields() ?? {});
const queries: Root[] = Object.values(schema.getQueryType()?.getFields() ?? {});
const paragraphs = ({ description }: Root) => (description ?? '').split('\n\n');
const isFenced = ({ astNode }: Root) => astNode?.directives?.some(({ name }) => name.value === 'fenced') ?? false;

describe('the manual in the API schema', () => {
  test('describes the schema and everything in it', () => {
    expect(descriptions().size).toBeGreaterThan(1_000);
    expect([...descriptions()].filter(([, text]) => (text ?? '').trim() === '')).toEqual([]);
  });

  test('cites neither the rule nor the design, nor the reason against the fence', () => {
    expect(matching(/\bC\d+\b|\bDESIGN\b|fenced:/i)).toEqual([]);
    expect(schema.getDirective('unfenced')).toBeUndefined();
  });

  test('begins no sentence with Of, What or How, and asks nothing', () => {
    expect(matching(/(^|[.:;] |\n)(Of|What|How)\b|\?/)).toEqual([]);
  });

  test('says "told" of people alone, and nobody "is told"', () => {
    expect(matching(/\b(is|are|be) told\b|\b(it|that|which|log|entry|field) tells?\b/i).filter(isNoDuty)).toEqual([]);
  });

  test('tells the order of a case', () => {
    expect(schema.description).toMatch(/registerYouth.*proposeGroup.*signConsent.*adoptActionPlan.*closeGroup/s);
    expect(schema.getQueryType()?.description).toContain('in the order of a case');
    expect(schema.getMutationType()?.description).toContain('in the order of a case');
  });
});

/** The extract goes to people: whoever gives it tests what that person may be told. */
function isNoDuty(coordinate: string): boolean {
  return coordinate !== 'Query.accessReport';
}

/** Words that no Swedish sentence of ours has, and words of which every one has some. */
const ENGLISH = /\b(the|of|an?|and|to|by|is|who|that|which|youth|group|consent|records?)\b/i;
const SWEDISH = /(^|\s)(en|ett|av|att|och|på|till|som|för|med|om|er|eller|från|ungdomens|närvaro|mellan)(\s|$)/i;

describe('a mutation', () => {
  test('begins with one Swedish sentence, and goes on in English', () => {
    const wrong = mutations.filter((mutation) => {
      const [swedish = '', english = ''] = paragraphs(mutation);
      const isOneSentence = /^[A-ZÅÄÖ][^.?!]*\.$/.test(swedish);
      return !isOneSentence || ENGLISH.test(swedish) || !SWEDISH.test(swedish) || !/\b(the|an?)\b/i.test(english);
    });
    expect(mutations.length).toBeGreaterThan(90);
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test('says who may call it', () => {
    const silent = mutations.filter(
      (each) => !/\bFor\b|Only the author|Auditors review/.test(paragraphs(each)[1] ?? ''),
    );
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  test('says what it costs if it is fenced, and only then', () => {
    const cost = 'Takes up to about 4 s, and stands alone in its operation.';
    const fenced = mutations.filter(isFenced);
    expect(fenced.length).toBeGreaterThan(20);
    expect(mutations.filter((each) => paragraphs(each).at(-1) === cost)).toEqual(fenced);
  });

  test.each([
    [
      'samtycke',
      ['proposeConsent', 'signConsent', 'waiveSignature', 'acknowledgeConsent', 'refuseConsent', 'withdrawConsent'],
    ],
    ['åtgärdsplan', ['adoptActionPlan', 'addCommitment', 'recordFollowUp', 'scheduleMeeting', 'confirmCommitment']],
    ['ungdom', ['registerYouth', 'proposeGroup', 'schoolLinkYouth', 'recordCustody', 'recordIdentity']],
  ])('is found by the word %s', (word, expected) => {
    const found = mutations
      .filter(({ description }) => description?.toLowerCase().includes(word))
      .map(({ name }) => name);
    expect(found).toEqual(expect.arrayContaining(expected));
    expect(found.length).toBeLessThan(mutations.length);
  });

  test('is found by the word återkalla if it withdraws a consent', () => {
    const found = mutations.filter(({ description }) => description?.toLowerCase().includes('återkalla'));
    expect(found.map(({ name }) => name)).toEqual(['withdrawConsent']);
  });
});

describe('the root fields', () => {
  test('stand in the order of a case', () => {
    const life = [
      ...['registerYouth', 'recordCustody', 'proposeGroup', 'addSeat', 'fillSeat', 'openGroup'],
      ...['proposeConsent', 'signConsent', 'acknowledgeConsent', 'schoolLinkYouth', 'recordAttendance'],
      ...['adoptActionPlan', 'addCommitment', 'scheduleMeeting', 'withdrawConsent', 'closeGroup', 'recordReview'],
    ];
    expect(mutations.map(({ name }) => name).filter((name) => life.includes(name))).toEqual(life);
    const reads = [
      'me',
      'programmes',
      'youths',
      'youth',
      'group',
      'consent',
      'groupUpdates',
      'accessLog',
      'accessReport',
    ];
    expect(queries.map(({ name }) => name).filter((name) => reads.includes(name))).toEqual(reads);
  });

  test('take their arguments as written: a list’s filter, first and after', () => {
    const of = (field: string) => queries.find(({ name }) => name === field)?.args.map(({ name }) => name);
    expect(of('accessLog')).toEqual(['filter', 'first', 'after']);
    expect(of('groups')).toEqual(['status', 'first', 'after']);
    expect(of('reviewSample')).toEqual(['from', 'to', 'size', 'seed']);
  });
});

/** Mutations that make nothing twice, since a repeat finds what it would make or change by what identifies it. */
const IDENTIFIED = [
  /^record(?:BirthDate|Protection)$/,
  /^(?:proposeGroup|openGroup|closeGroup|addSeat|fillSeat|endSeat|handOverSeat)$/,
  /^(?:signConsent|waiveSignature|acknowledgeConsent|barCaller|liftBar|decideTelling|confirmCommitment)$/,
  // C6: nothing keeps a refusal or withdrawal out, and one said twice ends nothing twice.
  /^(?:refuse|withdraw)Consent$/,
  /^\w+(?:Link|Unlink|Assign|Unassign)Youth$/,
  /^(?:correct|withdraw)(?!Consent)[A-Z]\w+$/,
  /^\w+(?:HoldRecord|ClearText)$/,
];

test('every mutation of which a repeat would make something twice says that it needs a key', () => {
  const mutations = Object.values(schema.getMutationType()?.getFields() ?? {});
  const [keyed, others] = [true, false].map((needs) =>
    mutations
      .filter(({ description }) => (description ?? '').includes('It needs an idempotencyKey') === needs)
      .map(({ name }) => name),
  );
  expect(keyed).toEqual(expect.arrayContaining(['registerYouth', 'recordCustody', 'proposeConsent', 'recordReview']));
  expect(keyed?.filter((name) => IDENTIFIED.some((pattern) => pattern.test(name)))).toEqual([]);
  expect(others?.filter((name) => !IDENTIFIED.some((pattern) => pattern.test(name)))).toEqual([]);
});
