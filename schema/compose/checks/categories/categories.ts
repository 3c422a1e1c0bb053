import type { ConstDirectiveNode } from 'graphql';
import { directivesNamed } from '../labels.ts';
import { objectTypes, type SchemaDocument, stringArgument, type TypeDocument } from '../schema-document.ts';

/** A @category, with its place and its arguments. */
export interface DeclaredCategory {
  readonly coordinate: string;
  readonly code: string;
  readonly directive: ConstDirectiveNode;
}

/** Every @category of a schema. */
export function declaredCategories(schema: SchemaDocument): DeclaredCategory[] {
  return objectTypes(schema).flatMap((type) =>
    directivesNamed(type, 'category').map((directive) => ({
      coordinate: type.name,
      code: stringArgument(directive, 'code') ?? '',
      directive,
    })),
  );
}

/** Every place where a @consent names a category, on objects and interfaces. */
export function usedCategories(schema: SchemaDocument): { coordinate: string; code: string }[] {
  return [...schema.types.values()].flatMap((type) => [
    ...codesOn(type).map((code) => ({ coordinate: type.name, code })),
    ...[...type.fields].flatMap(([name, field]) =>
      codesOn(field).map((code) => ({ coordinate: `${type.name}.${name}`, code })),
    ),
  ]);
}

/** The record types that carry a category, as a whole or in a field. Youth is no record. */
export function typesUnder(schema: SchemaDocument, code: string): TypeDocument[] {
  return objectTypes(schema).filter(
    (type) =>
      type.name !== 'Youth' && [type, ...type.fields.values()].some((labelled) => codesOn(labelled).includes(code)),
  );
}

function codesOn(labelled: Parameters<typeof directivesNamed>[0]): string[] {
  return directivesNamed(labelled, 'consent').map((directive) => stringArgument(directive, 'category') ?? '');
}
