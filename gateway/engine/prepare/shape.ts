import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedScalarType,
  isUnionType,
  type SelectionSetNode,
} from 'graphql';
import { type JsonObject, read } from '../json.ts';
import type { SafeAliases } from './safe-aliases.ts';
import { eachField, type Fragments, responseKey, type Variables } from './selections.ts';

/** The values that may stand at one place of an answer. */
export interface Position {
  readonly nonNull: boolean;
  /** The items' position if a list stands here. */
  readonly item: Position | null;
  /** The selected fields if an object stands here. */
  readonly shape: Shape | null;
  /** The values of a leaf: one of an enum's accessible values, a built-in scalar, or anything (a custom scalar). */
  readonly leaf: ReadonlySet<string> | 'scalar' | 'any';
}

/** One field that the client selected on objects of one type. */
export interface ShapeField {
  /** The key under which the client gets it. */
  readonly key: string;
  /** The key under which the subgraphs deliver it; it differs if the client's would collide (safe-aliases.ts). */
  readonly dataKey: string;
  /** `Type.field`, for messages. */
  readonly coordinate: string;
  readonly kind: 'field' | 'typename' | 'introspection';
  readonly position: Position;
}

/** The parts that all shapes of one operation share. */
export interface ShapeSource {
  readonly schema: GraphQLSchema;
  readonly fragments: Fragments;
  readonly variables: Variables;
  /** The aliases under which the subgraphs deliver fields whose own key would collide. */
  readonly dataKeys: SafeAliases;
}

const ANYTHING: Position = { nonNull: false, item: null, shape: null, leaf: 'any' };
const NOTHING: readonly ShapeField[] = [];

/** The client's selection at one place, with fragments opened and fields merged per runtime type, computed once. */
export class Shape {
  readonly #source: ShapeSource;
  readonly #sets: ReadonlySet<SelectionSetNode>;
  readonly #fields = new Map<string, readonly ShapeField[]>();
  readonly #typenameKeys: readonly string[];
  /** The type of the position: the object's own type, unless this is an interface or union. */
  readonly type: GraphQLCompositeType;

  constructor(source: ShapeSource, type: GraphQLCompositeType, sets: ReadonlySet<SelectionSetNode>) {
    this.#source = source;
    this.#sets = sets;
    this.type = type;
    this.#typenameKeys = isObjectType(type) ? [] : ['__typename', ...this.#typenameAliases()];
  }

  /**
   * The aliases of `__typename` at an abstract position: it may have been asked for under an alias alone, even in a
   * fragment on its type.
   */
  #typenameAliases(): string[] {
    const { schema, fragments, variables } = this.#source;
    const aliases: string[] = [];
    const covers = (condition: string) => {
      const wanted = schema.getType(condition);
      if (condition === this.type.name) return true;
      return isAbstractType(wanted) && isInterfaceType(this.type) && schema.isSubType(wanted, this.type);
    };
    for (const set of this.#sets) {
      eachField(set, fragments, variables, covers, (node) => {
        if (node.name.value === '__typename' && node.alias) aliases.push(this.#dataKey(node));
      });
    }
    return aliases;
  }

  #dataKey(field: FieldNode): string {
    return this.#source.dataKeys.get(field) ?? responseKey(field);
  }

  /**
   * The type that the value names, or the position's type; clients may not be allowed to see it. An object type's name
   * wins over an interface's, which a subgraph with an @interfaceObject gives.
   */
  typeNameOf(value: JsonObject): string {
    let name = this.type.name;
    for (const key of this.#typenameKeys) {
      const said = read(value, key);
      if (typeof said !== 'string') continue;
      if (this.isObjectType(said)) return said;
      name = said;
    }
    return name;
  }

  /**
   * True if an object of this type, as clients see the schema, may stand here. The position's own type may, if no other
   * is known.
   */
  admits(typeName: string): boolean {
    if (typeName === this.type.name) return true;
    const type = this.#source.schema.getType(typeName);
    if (type === undefined || !isAbstractType(this.type)) return false;
    return (isObjectType(type) || isInterfaceType(type)) && this.#source.schema.isSubType(this.type, type);
  }

  /** True for the name of an object type that clients may see. */
  isObjectType(typeName: string): boolean {
    return isObjectType(this.#source.schema.getType(typeName));
  }

  /** The fields selected on an object of this type, in the client's order. */
  fieldsOf(typeName: string): readonly ShapeField[] {
    const known = this.#fields.get(typeName);
    if (known !== undefined) return known;
    const type = this.#source.schema.getType(typeName);
    const fields = isCompositeType(type) ? this.#collect(type) : NOTHING;
    this.#fields.set(typeName, fields);
    return fields;
  }

  /** The field delivered under `dataKey`, on the value's type; without a value, on any type that may stand here. */
  find(dataKey: string, value: unknown, isObject: (value: unknown) => value is JsonObject): ShapeField | undefined {
    const names = isObject(value) ? [this.typeNameOf(value)] : this.#possibleTypeNames();
    for (const name of names) {
      const field = this.fieldsOf(name).find((candidate) => candidate.dataKey === dataKey);
      if (field !== undefined) return field;
    }
    return undefined;
  }

  #possibleTypeNames(): string[] {
    const { type } = this;
    return isAbstractType(type) ? this.#source.schema.getPossibleTypes(type).map(({ name }) => name) : [type.name];
  }

  #collect(type: GraphQLCompositeType): ShapeField[] {
    const { schema, fragments, variables } = this.#source;
    const is = (condition: string) => {
      const wanted = schema.getType(condition);
      return (
        condition === type.name || (isAbstractType(wanted) && !isUnionType(type) && schema.isSubType(wanted, type))
      );
    };
    const nodes = new Map<string, { first: FieldNode; sets: Set<SelectionSetNode> }>();
    const visited = new Set<string>();
    const found = (node: FieldNode) => {
      const key = responseKey(node);
      const merged = nodes.get(key) ?? { first: node, sets: new Set() };
      if (node.selectionSet !== undefined) merged.sets.add(node.selectionSet);
      nodes.set(key, merged);
    };
    for (const set of this.#sets) eachField(set, fragments, variables, is, found, visited);
    return [...nodes.values()].flatMap(({ first, sets }) => this.#field(type, first, sets) ?? []);
  }

  #field(type: GraphQLCompositeType, node: FieldNode, sets: Set<SelectionSetNode>): ShapeField | null {
    const name = node.name.value;
    const field = { key: responseKey(node), dataKey: this.#dataKey(node), coordinate: `${type.name}.${name}` };
    if (name === '__typename') return { ...field, kind: 'typename', position: ANYTHING };
    if (name === '__schema' || name === '__type') return { ...field, kind: 'introspection', position: ANYTHING };
    const definition = isUnionType(type) ? undefined : type.getFields()[name];
    if (definition === undefined) return null;
    return { ...field, kind: 'field', position: this.#position(definition.type, sets) };
  }

  #position(type: GraphQLOutputType, sets: ReadonlySet<SelectionSetNode>, nonNull = false): Position {
    if (isNonNullType(type)) return this.#position(type.ofType, sets, true);
    if (isListType(type)) return { nonNull, item: this.#position(type.ofType, sets), shape: null, leaf: 'any' };
    if (isCompositeType(type)) {
      return { nonNull, item: null, shape: new Shape(this.#source, type, sets), leaf: 'any' };
    }
    if (isEnumType(type)) {
      return { nonNull, item: null, shape: null, leaf: new Set(type.getValues().map(({ name }) => name)) };
    }
    return { nonNull, item: null, shape: null, leaf: isSpecifiedScalarType(type) ? 'scalar' : 'any' };
  }
}
