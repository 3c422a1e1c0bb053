import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type FieldDefinitionNode,
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType,
  isRequiredInputField,
} from 'graphql';

/** One field of an input, as the sector's SDL describes it. */
export interface InputField {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly isRequired: boolean;
  /** What it is when it is left out. */
  readonly absent: unknown;
  readonly description: string;
}

/** One kind of record that a sector takes, as its SDL says. */
export interface WrittenKind {
  /** As in `correctSuspicion`. */
  readonly name: string;
  /** The mutation that makes a whole record, as `recordSuspicion`. */
  readonly making: string;
  readonly table: string;
  /** The record's own fields: without what every such mutation takes. */
  readonly fields: readonly InputField[];
  /** It holds prose, so that its inputs ask for the mark. */
  readonly hasText: boolean;
  /** It holds names of places, units, programmes or staff. */
  readonly hasPlaces: boolean;
}

export type Fields = Readonly<Record<string, unknown>>;

/** What every mutation takes that makes a record; and of recordMeeting, which meeting it completes. */
const COMMON_FIELDS = ['youthId', 'sourceId', 'revive', 'textCleared', 'namesNoPlace', 'idempotencyKey', 'meetingId'];

/** How the mutations begin that make a whole record. */
const MAKE = ['record', 'adopt', 'add'];

/** Every kind of record of a sector, found by its mutations `correct…`. */
export function kindsOf(sector: string): WrittenKind[] {
  const sdl = readFileSync(new URL(`../../schema/generated/${sector}.graphql`, import.meta.url), 'utf8');
  const schema = buildSchema(sdl, { assumeValidSDL: true });
  const mutations = Object.keys(schema.getMutationType()?.getFields() ?? {});
  return mutations
    .filter((mutation) => mutation.startsWith('correct'))
    .map((mutation) => {
      const name = mutation.slice('correct'.length);
      const making = MAKE.map((verb) => verb + name).find((made) => mutations.includes(made)) ?? '';
      const input = schema.getType(`${making.charAt(0).toUpperCase()}${making.slice(1)}Input`);
      if (!isInputObjectType(input)) throw new Error(`${name} is made by no mutation with an input of its name.`);
      const fields = Object.values(input.getFields()).filter((field) => !COMMON_FIELDS.includes(field.name));
      const type = schema.getType(name);
      const read = isObjectType(type) ? Object.values(type.getFields()) : [];
      return {
        name,
        making,
        hasText: read.some(({ astNode }) => isMarked(astNode, 'prose')),
        hasPlaces: read.some(({ astNode }) => isMarked(astNode, 'place')),
        table: columnOf(name.charAt(0).toLowerCase() + name.slice(1)),
        fields: fields.map((field) => ({
          name: field.name,
          type: field.type,
          isRequired: isRequiredInputField(field),
          absent: field.defaultValue ?? null,
          description: field.description ?? '',
        })),
      };
    });
}

function isMarked(field: FieldDefinitionNode | null | undefined, directive: string): boolean {
  return field?.directives?.some(({ name }) => name.value === directive) === true;
}

/** The column of a field. */
export function columnOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Days that have been, in the order that inputs ask for. */
const DAYS: Readonly<Record<string, number>> = { from: 5, opened: 5, to: 25, closed: 25, nextReview: 28 };

/** A day of January 2026. */
function day(number: number): string {
  return `2026-01-${String(number).padStart(2, '0')}`;
}

/** What the type alone does not tell: values that must fit a list, or each other. */
const VALUES: Fields = {
  'Enrolment.schoolType': 'GY',
  'Enrolment.year': 1,
  'Commitment.committedAgency': 'school:skovde',
  // The demo world's plans have two goals.
  'Commitment.goal': 1,
  'FollowUp.goals': [{ number: 2, status: 'NOT_STARTED' }],
  'SocialCase.status': 'CLOSED',
  'Attendance.minutesPlanned': 100,
};

/** Columns that making a record leaves as they begin. */
export const UNTOUCHED: Readonly<Record<string, Fields>> = {
  Commitment: { status: 'PLANNED', confirmed_by: null, confirmed_at: null },
};

/** How an input is filled in. */
export interface Filling {
  /** Every text carries it. */
  readonly mark: string;
  /** Every date is as many days later, at most three. */
  readonly later?: number;
  readonly only?: 'required';
}

/** A right input of a kind, with every field or with the required ones only. */
export function validInput(kind: WrittenKind, filling: Filling): Fields {
  const wanted = kind.fields.filter(({ isRequired }) => isRequired || filling.only === undefined);
  const marks = kind.hasText ? { textCleared: false } : {};
  const own = Object.fromEntries(
    wanted.map(({ name, type }) => [name, VALUES[`${kind.name}.${name}`] ?? filled(type, name, filling)]),
  );
  const input = { ...own, ...marks };
  if (filling.only === undefined) return input;
  // These values ask for a field that is not required otherwise.
  if (kind.name === 'SocialCase') return { ...input, status: 'INVESTIGATION' };
  if (kind.name === 'Enrolment') return { ...input, schoolType: 'SAM' };
  return input;
}

function filled(type: GraphQLInputType, name: string, filling: Filling): unknown {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return [filled(nullable.ofType, name, filling)];
  if (isEnumType(nullable)) return nullable.getValues()[0]?.name;
  if (isInputObjectType(nullable)) {
    const fields = Object.values(nullable.getFields());
    return Object.fromEntries(fields.map((field) => [field.name, filled(field.type, field.name, filling)]));
  }
  switch (String(nullable)) {
    case 'Date':
      return day((DAYS[name] ?? 10) + (filling.later ?? 0));
    case 'Int':
      return 3;
    case 'Boolean':
      return true;
    case 'ID':
      return '77777777-7777-4777-8777-777777777777';
    default:
      return `${name} ${filling.mark}`;
  }
}

/** A right input with one fault, and the field that the answer must name. */
export interface FaultyInput {
  readonly fault: string;
  readonly input: Fields;
  readonly field: string;
}

/** What is wrong in every sector, whatever the kind. */
const CHASSIS_FAULTS: readonly (readonly [string, unknown])[] = [
  ['youthId', 'CANARY'],
  ['youthId', undefined],
  ['sourceId', ''],
  ['sourceId', 'x'.repeat(201)],
  ['idempotencyKey', ''],
  ['idempotencyKey', 'x'.repeat(201)],
  ['idempotencyKey', 7],
];

/** What is wrong with a change of a record, whatever the kind. */
const CHANGE_FAULTS: readonly (readonly [string, unknown])[] = [
  ['id', 'CANARY'],
  ['id', undefined],
  ['version', 0],
  ['version', 2.5],
  ['version', 'CANARY'],
  ['idempotencyKey', ''],
  ['idempotencyKey', 'CANARY\0'],
];

/** Every way to spoil what is not the record's own of a change to it. */
export function faultyChanges(right: Fields): FaultyInput[] {
  return CHANGE_FAULTS.map(([name, value]) => {
    const spoilt = name === 'id' && !('id' in right) ? 'recordId' : name;
    return {
      fault: `${spoilt} = ${JSON.stringify(value)}`,
      input: { ...right, [spoilt]: value },
      field: `input.${spoilt}`,
    };
  });
}

/** Every way to spoil one field of a kind, as the SDL's types and descriptions promise to refuse it. */
export function faultyInputs(kind: WrittenKind): FaultyInput[] {
  const right = validInput(kind, { mark: 'CANARY' });
  // What completes a record needs no key: it names that record.
  const needsKey = !kind.fields.some(({ name }) => name === 'meetingId');
  const spoilt: (readonly [string, unknown])[] = [
    ...CHASSIS_FAULTS,
    ...(needsKey ? [['idempotencyKey', undefined] as const, ['idempotencyKey', null] as const] : []),
    ...kind.fields.flatMap((field) => spoiltValues(field).map((value) => [field.name, value] as const)),
  ];
  return spoilt.map(([name, value]) => ({
    fault: `${kind.name}.${name} = ${JSON.stringify(value)?.slice(0, 40)}`,
    input: { ...right, [name]: value },
    field: `input.${name}`,
  }));
}

/** Values that a field's type and description promise to refuse. */
export function spoiltValues({ name, type, isRequired, description }: InputField): unknown[] {
  const values: unknown[] = isRequired ? [undefined, null] : [];
  const nullable = getNullableType(type);
  if (isEnumType(nullable)) values.push('CANARY', '');
  const longest = Number(/([\d,]+) characters/.exec(description)?.[1]?.replace(',', ''));
  if (String(nullable) === 'String') values.push('CANARY\0', 'CANARY\ud800');
  if (longest > 0 && String(nullable) === 'String') values.push('x'.repeat(longest + 1));
  if (/\b1 to [\d,]+ characters/.test(description)) values.push('');
  if (String(nullable) === 'ID') values.push('CANARY');
  if (String(nullable) === 'Int') values.push(-1, 2.5, 'CANARY');
  if (String(nullable) === 'Date') values.push('2026-02-30', '0000-01-01', '2026-01-10T00:00:00Z');
  if (String(nullable) === 'Date' && /not in the future/.test(description)) values.push('2999-12-31');
  if (name === 'to' || name === 'closed') values.push('2026-01-04');
  // Of another plan.
  if (name === 'goal') values.push(77);
  return values;
}
