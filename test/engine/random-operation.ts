import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';

/** Selections within selections, of random operations. */
const MAX_DEPTH = 5;

/**
 * A valid operation on the schema, as the choices decide: fields, aliases, arguments, fragments, inline fragments on other
 * types, and @skip and @include by `$yes` and `$no`. When the choices are used up only leaves follow.
 */
export function operationFrom(schema: GraphQLSchema, choices: readonly number[]): string {
  return new Writer(schema, choices).operation();
}

class Writer {
  readonly #schema: GraphQLSchema;
  readonly #choices: readonly number[];
  readonly #fragments: string[] = [];
  readonly #ambiguous: ReadonlySet<string>;
  #next = 0;

  constructor(schema: GraphQLSchema, choices: readonly number[]) {
    this.#schema = schema;
    this.#choices = choices;
    this.#ambiguous = ambiguousNames(schema);
  }

  operation(): string {
    const root = this.#schema.getQueryType();
    if (!root) throw new TypeError('A schema has a query root type.');
    const selections = this.#selections(root, 0);
    const used = [selections, ...this.#fragments].join(' ');
    const variables = ['yes: Boolean!', 'no: Boolean!'].filter((each) => used.includes(`$${each.split(':')[0]}`));
    const head = variables.length === 0 ? 'query Q' : `query Q(${variables.map((each) => `$${each}`).join(', ')})`;
    return [`${head} ${selections}`, ...this.#fragments].join(' ');
  }

  /** A number below `limit`; 0 when the choices are used up. */
  #choose(limit: number): number {
    const choice = this.#choices[this.#next++] ?? 0;
    return choice % limit;
  }

  #selections(type: GraphQLCompositeType, depth: number): string {
    const parts: string[] = [];
    // One is there whatever the variables: for an object with nothing selected the oracle answers null for all.
    const count = 1 + this.#choose(4);
    while (parts.length < count) parts.push(this.#selection(type, depth, parts.length > 0));
    return `{ ${parts.join(' ')} }`;
  }

  #selection(type: GraphQLCompositeType, depth: number, conditional: boolean): string {
    const condition = conditional ? this.#condition() : '';
    const kind = this.#choose(8);
    if (kind === 6 && depth < MAX_DEPTH) return this.#inline(type, depth, condition);
    if (kind === 7 && depth < MAX_DEPTH) return this.#spread(type, depth, condition);
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const possible = fields.filter((field) => depth < MAX_DEPTH || !isCompositeType(getNamedType(field.type)));
    const index = this.#choose(possible.length + 1);
    const field = possible[index];
    return field === undefined ? this.#typename() : this.#field(field, depth, condition);
  }

  #typename(): string {
    return this.#choose(4) === 1 ? 'mine: __typename' : '__typename';
  }

  /** One response name always means one field of one type with one set of arguments: else validation would refuse it. */
  #field(field: GraphQLField<unknown, unknown>, depth: number, condition: string): string {
    const args = field.args.flatMap(({ name, type, defaultValue }) => {
      const isRequired = isNonNullType(type) && defaultValue === undefined;
      return isRequired || this.#choose(2) === 1 ? [{ name, value: this.#value(getNamedType(type)) }] : [];
    });
    const named = getNamedType(field.type);
    const mayStayBare = field.args.length === 0 && !this.#ambiguous.has(field.name) && this.#choose(3) !== 1;
    const parts = ['abc'[this.#choose(3)], field.name, named.name, ...args.flatMap(({ name, value }) => [name, value])];
    const alias = mayStayBare ? '' : `${parts.join('_').replaceAll('"', '')}: `;
    const written = args.length === 0 ? '' : `(${args.map(({ name, value }) => `${name}: ${value}`).join(', ')})`;
    const below = isCompositeType(named) ? ` ${this.#selections(named, depth + 1)}` : '';
    return `${alias}${field.name}${written}${condition}${below}`;
  }

  #value(type: GraphQLNamedType): string {
    if (isEnumType(type)) return type.getValues()[this.#choose(type.getValues().length)]?.name ?? '';
    if (type.name === 'ID' || type.name === 'String') return `"${1 + this.#choose(4)}"`;
    return String(this.#choose(3));
  }

  #condition(): string {
    return (
      ['', '', '', '', ' @skip(if: $no)', ' @include(if: $yes)', ' @skip(if: $yes)', ' @include(if: $no)'][
        this.#choose(8)
      ] ?? ''
    );
  }

  #inline(type: GraphQLCompositeType, depth: number, condition: string): string {
    const on = this.#overlapping(type);
    return `... on ${on.name}${condition} ${this.#selections(on, depth + 1)}`;
  }

  #spread(type: GraphQLCompositeType, depth: number, condition: string): string {
    const on = this.#overlapping(type);
    const selections = this.#selections(on, depth + 1);
    const name = `F${this.#fragments.length}`;
    this.#fragments.push(`fragment ${name} on ${on.name} ${selections}`);
    return `...${name}${condition}`;
  }

  /**
   * A type that a fragment may be on here: the type itself, one of its possible types, or an interface of theirs. Not an
   * object's own interface: what is then selected on the object's type again the oracle leaves out.
   */
  #overlapping(type: GraphQLCompositeType): GraphQLCompositeType {
    const objects = isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [];
    const overlapping = [type, ...objects, ...objects.flatMap((object) => object.getInterfaces())];
    return overlapping[this.#choose(overlapping.length)] ?? type;
  }
}

/** Names that are fields of different types on different types. */
function ambiguousNames(schema: GraphQLSchema): ReadonlySet<string> {
  const types = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const other = types.get(field.name);
      if (other !== undefined && other !== String(field.type)) ambiguous.add(field.name);
      types.set(field.name, String(field.type));
    }
  }
  return ambiguous;
}
