import type { DirectiveNode, GraphQLNamedType, GraphQLObjectType, GraphQLSchema } from 'graphql';
import { isObjectType, valueFromASTUntyped } from 'graphql';
import { isRole, type Role } from '../../schema/caller.ts';

/** A condition on a field's value. All labels on the field and on its type must permit before the value leaves. */
export type Label =
  | { readonly kind: 'consent'; readonly category: string; readonly whereabouts: boolean }
  | { readonly kind: 'restricted'; readonly roles: readonly Role[] | null; readonly member: boolean }
  | { readonly kind: 'open' };

/** A kind of unit that `authorize` decides for a youth: a category, and whether its fields show where the youth is. */
export interface UnitKind {
  readonly category: string;
  readonly whereabouts: boolean;
}

/** The labels of a whole schema, and the kinds of unit that they ask for, numbered for bit masks. */
export class Labels {
  readonly kinds: readonly UnitKind[];
  readonly #byField = new Map<string, readonly Label[]>();

  /** The coordinate of the field that asks for every kind, if there is one. */
  readonly #asksForAll: string | null;

  /**
   * Reads every label. Throws if a field has none, or if there are more kinds than a mask has bits.
   *
   * @param asksForAll the field of Youth that shows what every kind’s decision is, so that asking it is asking for all.
   */
  constructor(schema: GraphQLSchema, asksForAll: string | null = null) {
    this.#asksForAll = asksForAll === null ? null : `Youth.${asksForAll}`;
    const kinds = new Map<string, UnitKind>();
    for (const type of objectTypesOf(schema)) {
      const onType = labelsIn(directivesOn(type));
      for (const field of Object.values(type.getFields())) {
        if (isFederationField(type, field.name)) continue;
        const labels = [...onType, ...labelsIn(field.astNode?.directives ?? [])];
        if (labels.length === 0) {
          throw new Error(
            `${type.name}.${field.name} carries no label. Put @consent, @restricted or @open on the field or its type.`,
          );
        }
        this.#byField.set(`${type.name}.${field.name}`, labels);
        for (const label of labels) if (label.kind === 'consent') kinds.set(kindKey(label), kindOf(label));
      }
    }
    this.kinds = [...kinds.values()];
    if (this.kinds.length > 30)
      throw new Error(
        `A subgraph can guard at most 30 kinds of unit; this one has ${this.kinds.length}. Join categories, or make a second sector.`,
      );
  }

  /** The labels that must all permit the field. */
  of(type: string, field: string): readonly Label[] {
    const labels = this.#byField.get(`${type}.${field}`);
    if (labels === undefined) throw new Error(`${type}.${field} was not labelled when the schema was built.`);
    return labels;
  }

  /** The kinds of unit that a field asks for. */
  asks(type: string, field: string): readonly UnitKind[] {
    if (`${type}.${field}` === this.#asksForAll) return this.kinds;
    return this.of(type, field).filter((label) => label.kind === 'consent');
  }

  /** The mask bit of a kind of unit. */
  bit(kind: UnitKind): number {
    const index = this.kinds.findIndex((known) => kindKey(known) === kindKey(kind));
    if (index < 0)
      throw new Error(
        `No field is labelled with ${kindKey(kind)}, so the schema does not fit the permits. Start the hub's processes from one release.`,
      );
    return 1 << index;
  }

  /** The bits that the consent labels among these need, as one mask. */
  mask(labels: readonly Label[]): number {
    return labels.reduce((mask, label) => (label.kind === 'consent' ? mask | this.bit(label) : mask), 0);
  }
}

/** Every object type that a client or gateway can select fields of. */
export function objectTypesOf(schema: GraphQLSchema): GraphQLObjectType[] {
  return Object.values(schema.getTypeMap())
    .filter((type: GraphQLNamedType) => isObjectType(type))
    .filter((type) => !type.name.startsWith('__') && type.name !== SERVICE);
}

/** The type behind `Query._service`, which federation adds. */
const SERVICE = '_Service';

/** True for the fields that federation adds, which carry no label. On another type such a name has no meaning. */
export function isFederationField(type: GraphQLObjectType, name: string): boolean {
  return type.name === SERVICE || (type.name === 'Query' && (name === '_entities' || name === '_service'));
}

function directivesOn(type: GraphQLObjectType): DirectiveNode[] {
  return [type.astNode, ...type.extensionASTNodes].flatMap((node) => node?.directives ?? []);
}

function labelsIn(directives: readonly DirectiveNode[]): Label[] {
  return directives.flatMap((directive): Label[] => {
    const given = new Map(directive.arguments?.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));
    if (directive.name.value === 'open') return [{ kind: 'open' }];
    if (directive.name.value === 'consent') {
      return [
        { kind: 'consent', category: String(given.get('category')), whereabouts: given.get('whereabouts') === true },
      ];
    }
    if (directive.name.value !== 'restricted') return [];
    const roles = given.get('roles');
    return [
      {
        kind: 'restricted',
        roles: Array.isArray(roles) ? roles.filter(isRole) : null,
        member: given.get('relation') === 'MEMBER',
      },
    ];
  });
}

/** The text that identifies a kind of unit. */
export function kindKey(kind: UnitKind): string {
  return kind.whereabouts ? `${kind.category} whereabouts` : kind.category;
}

function kindOf({ category, whereabouts }: UnitKind): UnitKind {
  return { category, whereabouts };
}
