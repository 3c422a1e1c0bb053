import { type ConstDirectiveNode, type FieldDefinitionNode, Kind } from 'graphql';
import type { TypeDocument } from './schema-document.ts';

/** The labels that decide who may read a field; `@fenced` and `@category` do not. */
const READING_LABELS = ['consent', 'restricted', 'open'];

/** The labels that can deny. */
const GUARDS = ['consent', 'restricted'];

/** An element that carries directives: a type as read, or a field as parsed. */
type Labelled = TypeDocument | FieldDefinitionNode;

/** True if it carries a label that decides who may read it. */
export function isLabelled(labelled: Labelled): boolean {
  return carries(labelled, READING_LABELS);
}

/** True if a label on it can deny. */
export function isGuarded(labelled: Labelled): boolean {
  return carries(labelled, GUARDS);
}

/** True if it is information about a youth. */
export function needsConsent(labelled: Labelled): boolean {
  return carries(labelled, ['consent']);
}

/** True if a label on the field says that it shows where the youth is. */
export function isWhereabouts(field: FieldDefinitionNode): boolean {
  return directivesNamed(field, 'consent').some(({ arguments: given = [] }) =>
    given.some(({ name, value }) => name.value === 'whereabouts' && value.kind === Kind.BOOLEAN && value.value),
  );
}

/** True if the type carries information about a youth, as a whole or in a field. */
export function carriesConsent(type: TypeDocument): boolean {
  return needsConsent(type) || [...type.fields.values()].some(needsConsent);
}

/** The directives of that name on it. */
export function directivesNamed(labelled: Labelled, name: string): ConstDirectiveNode[] {
  return (labelled.directives ?? []).filter((directive) => directive.name.value === name);
}

function carries(labelled: Labelled, names: readonly string[]): boolean {
  return names.some((name) => directivesNamed(labelled, name).length > 0);
}
