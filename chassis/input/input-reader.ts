import {
  coerceInputValue,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  graphql,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from 'graphql';
import { Arg, buildSchema, Ctx, Query, Resolver } from 'type-graphql';
import { HubError } from '../../schema/errors.ts';
import type { ClassOf } from '../names.ts';
import { validateInput } from './validate-input.ts';

/** A fault of an input that came from a file: the place as a JSON pointer, and the expectation. It quotes nothing. */
export interface ReadingFault {
  readonly path: string;
  readonly reason: string;
}

/** Reads inputs of one class from files, by the same types and rules as the API. */
export interface InputReader {
  /** The names of the fields. */
  readonly fields: readonly string[];
  /** The value of a field whose text came from a table, so that `read` takes it: numbers, truth values and JSON are read. */
  valueOf(field: string, text: string): unknown;
  /** The fields of an input, null where it has none; or its first fault. */
  read(given: object): Promise<{ readonly fields: object } | { readonly fault: ReadingFault }>;
}

/** Where the resolver leaves the input that has passed. */
interface Reading {
  taken: object | null;
}

/** Makes the reader of an input class. */
export async function inputReader(input: ClassOf<object>): Promise<InputReader> {
  @Resolver()
  class Takes {
    @Query(() => Boolean)
    take(@Arg('input', () => input) given: object, @Ctx() reading: Reading): boolean {
      reading.taken = given;
      return true;
    }
  }
  const schema = await buildSchema({ resolvers: [Takes], orphanedTypes: [], validateFn: validateInput });
  const type = getNamedType(schema.getQueryType()?.getFields().take?.args[0]?.type);
  if (!isInputObjectType(type)) throw new TypeError(`Expected an input class, got ${input.name}.`);
  const types = type.getFields();
  const fields = Object.keys(types);
  return {
    fields,
    valueOf: (field, text) => written(types[field]?.type, text),
    async read(given) {
      const fault = unknownField(type, given) ?? missingField(type, given) ?? wrongValue(type, given);
      if (fault !== null) return { fault };
      const reading: Reading = { taken: null };
      const source = `query ($input: ${type.name}!) { take(input: $input) }`;
      const { errors } = await graphql({ schema, source, contextValue: reading, variableValues: { input: given } });
      if (errors?.[0] !== undefined) return { fault: faultOf(errors[0].originalError ?? errors[0]) };
      return { fields: { ...Object.fromEntries(fields.map((name) => [name, null])), ...reading.taken } };
    },
  };
}

/** A field's value as a table writes it. A text that is no such value stays a text, which `read` refuses. */
function written(type: GraphQLInputType | undefined, text: string): unknown {
  const nullable = getNullableType(type);
  const { name } = getNamedType(type) ?? {};
  if (isListType(nullable) || isInputObjectType(nullable)) return parsed(text);
  if (name === 'Boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (name === 'Int') return /^-?\d{1,10}$/.test(text) ? Number(text) : text;
  return text;
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return json;
  }
}

function unknownField(type: GraphQLInputObjectType, given: object): ReadingFault | null {
  const names = Object.keys(type.getFields());
  const isKnown = Object.keys(given).every((name) => names.includes(name));
  return isKnown ? null : { path: '', reason: `must have no fields but ${names.join(', ')}` };
}

function missingField(type: GraphQLInputObjectType, given: object): ReadingFault | null {
  const missing = Object.values(type.getFields()).find(
    (field) => isRequiredInputField(field) && (Reflect.get(given, field.name) ?? null) === null,
  );
  return missing === undefined ? null : { path: `/${missing.name}`, reason: 'is required' };
}

function wrongValue(type: GraphQLInputObjectType, given: object): ReadingFault | null {
  let first: ReadingFault | null = null;
  coerceInputValue(given, type, (path) => {
    first ??= { path: path.map((part) => `/${part}`).join(''), reason: `must be ${expected(typeAt(type, path))}` };
  });
  return first;
}

function typeAt(type: GraphQLInputType, path: readonly (string | number)[]): GraphQLInputType {
  return path.reduce<GraphQLInputType>((at, part) => {
    const nullable = getNullableType(at);
    if (isListType(nullable)) return nullable.ofType;
    return (isInputObjectType(nullable) ? nullable.getFields()[part]?.type : undefined) ?? at;
  }, type);
}

/** The noun for the values of a type. */
function expected(type: GraphQLInputType): string {
  const nullable = isNonNullType(type) ? type.ofType : type;
  if (isListType(nullable)) return 'a list';
  if (isInputObjectType(nullable)) return `an object with the fields ${Object.keys(nullable.getFields()).join(', ')}`;
  if (isEnumType(nullable))
    return `one of ${nullable
      .getValues()
      .map(({ name }) => name)
      .join(', ')}`;
  const nouns: Readonly<Record<string, string>> = {
    Boolean: 'true or false',
    Date: 'a date, YYYY-MM-DD',
    DateTime: 'an instant, for example 2026-01-31T09:30:00Z',
    Int: 'a whole number',
  };
  return nouns[getNamedType(nullable).name] ?? 'a text';
}

/** The place and the reason of a refusal by the input's rules, whose messages begin with the field's name. */
function faultOf(error: Error): ReadingFault {
  if (!(error instanceof HubError)) throw error;
  const path = String(error.extensions.field ?? '')
    .split('.')
    .slice(1);
  const reason = error.message.replace(new RegExp(`^${path.at(-1) ?? ''} `), '').replace(/\.$/, '');
  return { path: path.map((part) => `/${part}`).join(''), reason };
}
