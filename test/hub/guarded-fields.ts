import { readFileSync } from 'node:fs';
import {
  type ConstDirectiveNode,
  type FieldDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type TypeNode,
} from 'graphql';
import type { PersonaName } from '../../schema/demo-world.ts';

/** A field under a label @consent, as the supergraph has it, and the way to it. */
export interface GuardedField {
  /** The names of the fields that lead to it from Youth, its own last. */
  readonly path: readonly string[];
  /** The type that it yields, without lists. */
  readonly type: string;
  readonly category: string;
  /** Is it, or what it stands in, labelled whereabouts? */
  readonly whereabouts: boolean;
  readonly isLeaf: boolean;
  /** Does it carry a text that can name a place: prose, or a name? */
  readonly text: 'prose' | 'place' | null;
}

/** Who holds a seat for the agency of a sector in the demo world's groups. */
const HOLDERS: Readonly<Record<string, PersonaName>> = {
  'social-services': 'social-coordinator',
  police: 'police-officer',
  school: 'school-counsellor',
  leisure: 'leisure-worker',
};

const document = parse(readFileSync(new URL('../../schema/generated/supergraph.graphql', import.meta.url), 'utf8'));
const types = new Map(
  document.definitions.flatMap((node) =>
    node.kind === Kind.OBJECT_TYPE_DEFINITION ? [[node.name.value, node] as const] : [],
  ),
);

/** Every guarded field that can be reached from Youth; a new one is among them by its label. */
export const GUARDED: readonly GuardedField[] = fieldsBelow('Youth', [], false);

/** The fields that yield records, which can be held back, and the tables that hold them. */
export const RECORDS = GUARDED.filter(({ type }) => fieldsOf(type).some(({ name }) => name.value === 'held')).map(
  (field) => ({ ...field, table: field.type.replace(/(?!^)[A-Z]/g, (letter) => `_${letter}`).toLowerCase() }),
);

/** The sector that owns a field's records. */
export const sectorOf = ({ category }: GuardedField): string => category.slice(0, category.indexOf('.'));

/** Who reads a field's records as the own agency's. */
export function ownerOf(field: GuardedField): PersonaName {
  const owner = HOLDERS[sectorOf(field)];
  if (owner === undefined) throw new Error(`Nobody in the demo world holds a seat for ${sectorOf(field)}.`);
  return owner;
}

/** Who reads them across a line. */
export const othersOf = (field: GuardedField): PersonaName[] =>
  Object.values(HOLDERS).filter((holder) => holder !== ownerOf(field));

/** A query for these fields of one youth; beside each of them `more` of what it stands in. */
export function queryFor(fields: readonly GuardedField[], more = ''): string {
  const selections = fields.map(({ path, isLeaf }) =>
    path.reduceRight((inner, name) => (inner === '' ? name : `${name} { ${more} ${inner} }`), isLeaf ? '' : more),
  );
  return `query ($id: ID!) { youth(id: $id) { ${selections.join(' ')} } }`;
}

/** What an answer has at the end of a path, in each of the records on the way. */
export function valuesAt(
  value: unknown,
  path: readonly string[],
  at: readonly (string | number)[] = [],
): { at: readonly (string | number)[]; value: unknown }[] {
  if (Array.isArray(value)) return value.flatMap((each, index) => valuesAt(each, path, [...at, index]));
  const [name, ...rest] = path;
  if (name === undefined) return [{ at, value }];
  if (typeof value !== 'object' || value === null) return [];
  return valuesAt(Reflect.get(value, name), rest, [...at, name]);
}

function fieldsOf(type: string): readonly FieldDefinitionNode[] {
  return types.get(type)?.fields ?? [];
}

function fieldsBelow(type: string, way: readonly string[], isInWhereabouts: boolean): GuardedField[] {
  if (way.length > 5) throw new Error(`The types below Youth go round in a circle: ${way.join(', ')}.`);
  return fieldsOf(type).flatMap((field) => {
    const label = labelOf(field) ?? labelOf(types.get(type));
    if (label === undefined) return [];
    const path = [...way, field.name.value];
    const yields = namedType(field.type);
    const whereabouts = isInWhereabouts || label.whereabouts;
    const text = (['prose', 'place'] as const).find((mark) => isMarked(field, mark)) ?? null;
    const found = { path, type: yields, category: label.category, whereabouts, isLeaf: !types.has(yields), text };
    return [found, ...fieldsBelow(yields, path, whereabouts)];
  });
}

function isMarked({ directives = [] }: FieldDefinitionNode, mark: string): boolean {
  return directives.some(({ name }) => name.value === mark);
}

function labelOf(
  node: FieldDefinitionNode | ObjectTypeDefinitionNode | undefined,
): { category: string; whereabouts: boolean } | undefined {
  const label = node?.directives?.find(({ name }) => name.value === 'consent');
  if (label === undefined) return undefined;
  return { category: String(argumentOf(label, 'category')), whereabouts: argumentOf(label, 'whereabouts') === true };
}

function argumentOf(directive: ConstDirectiveNode, name: string): string | boolean | undefined {
  const value = directive.arguments?.find((each) => each.name.value === name)?.value;
  return value?.kind === Kind.STRING || value?.kind === Kind.BOOLEAN ? value.value : undefined;
}

function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}
