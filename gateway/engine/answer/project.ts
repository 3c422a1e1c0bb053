import { faultOf, ResponseFaults, type ShownFault } from '../errors.ts';
import { isJsonObject, type JsonObject, type Path, read, write } from '../json.ts';
import type { Position, Shape, ShapeField } from '../prepare/shape.ts';
import type { Losses } from './losses.ts';

/** The faults on the way to the data. */
export interface Faulty {
  /** Errors with a place, by data keys. */
  readonly located: readonly { readonly fault: ShownFault; readonly path: Path }[];
  readonly unlocated: readonly ShownFault[];
  readonly losses: Losses;
}

/** A null where the schema allows none; it removes the object or list around it. */
const DISALLOWED = undefined;

/**
 * The client's answer: exactly the fields that it selected, under its own keys and in its order, with nulls propagated
 * as the GraphQL specification says, and one error for each field that is missing because of a failure.
 */
export function project(
  shape: Shape,
  data: JsonObject,
  faulty: Faulty,
): { data: JsonObject | null; faults: ResponseFaults } {
  const faults = new ResponseFaults();
  for (const { fault, path } of faulty.located) faults.add(fault, clientPath(shape, data, path));
  for (const fault of faulty.unlocated) faults.add(fault, undefined);
  const projection = new Projection(faults, faulty.losses);
  return { data: projection.object(shape, data), faults };
}

/** The path in the client's keys, as far as the client selected fields on it; undefined if it selected none of them. */
function clientPath(root: Shape, data: JsonObject, path: Path): Path | undefined {
  const here: (string | number)[] = [];
  let shape: Shape | null = root;
  let value: unknown = data;
  for (const key of path) {
    if (typeof key === 'number') {
      value = Array.isArray(value) ? value[key] : undefined;
      here.push(key);
      continue;
    }
    const field: ShapeField | undefined = shape?.find(key, value, isJsonObject);
    if (field === undefined) break;
    here.push(field.key);
    value = isJsonObject(value) ? read(value, field.dataKey) : undefined;
    shape = shapeWithin(field.position);
  }
  return here.length === 0 ? undefined : here;
}

function shapeWithin(position: Position): Shape | null {
  return position.item === null ? position.shape : shapeWithin(position.item);
}

class Projection {
  readonly #faults: ResponseFaults;
  readonly #losses: Losses;
  readonly #path: (string | number)[] = [];

  constructor(faults: ResponseFaults, losses: Losses) {
    this.#faults = faults;
    this.#losses = losses;
  }

  /** null if a non-null field is null, or if the value is no object that may stand here. */
  object(shape: Shape, value: JsonObject): JsonObject | null {
    const typeName = shape.typeNameOf(value);
    if (!shape.admits(typeName)) {
      this.#explain('An object has a type that the schema does not show, so it is left out.');
      return null;
    }
    const result: JsonObject = {};
    const toldBefore = this.#faults.count;
    for (const field of shape.fieldsOf(typeName)) {
      const { position } = field;
      let completed: unknown = read(value, field.dataKey);
      if (field.kind === 'typename') completed = shape.isObjectType(typeName) ? typeName : this.#unknownType(field);
      else if (!isPlain(position, completed)) completed = this.#field(field, completed, value);
      if (completed === DISALLOWED) {
        this.#faults.dropLosses(toldBefore, [...this.#path, field.key]);
        return null;
      }
      write(result, field.key, completed);
    }
    return result;
  }

  #field(field: ShapeField, value: unknown, holder: JsonObject): unknown {
    this.#path.push(field.key);
    if (value === undefined) this.#tellLoss(holder, field.dataKey);
    const completed = this.#complete(field.position, value, field);
    this.#path.pop();
    return completed;
  }

  #complete(position: Position, value: unknown, field: ShapeField): unknown {
    let completed: unknown = null;
    if (value === null || value === undefined) {
      if (position.nonNull) this.#explain(`Cannot return null for non-nullable field ${field.coordinate}.`);
    } else if (position.item !== null) completed = this.#list(position.item, value, field);
    else if (position.shape !== null) completed = this.#composite(position.shape, value, field);
    else completed = this.#leaf(position, value, field);
    return completed === null && position.nonNull ? DISALLOWED : completed;
  }

  #list(item: Position, value: unknown, field: ShapeField): unknown[] | null {
    if (!Array.isArray(value)) {
      this.#explain(`Expected a list for field ${field.coordinate}.`);
      return null;
    }
    const items: unknown[] = [];
    for (let index = 0; index < value.length; index++) {
      this.#path.push(index);
      const completed = this.#complete(item, value[index], field);
      this.#path.pop();
      if (completed === DISALLOWED) return null;
      items.push(completed);
    }
    return items;
  }

  #composite(shape: Shape, value: unknown, field: ShapeField): JsonObject | null {
    if (isJsonObject(value)) return this.object(shape, value);
    this.#explain(`Expected an object for field ${field.coordinate}.`);
    return null;
  }

  #leaf({ leaf }: Position, value: unknown, field: ShapeField): unknown {
    const allowed = leaf === 'any' || (leaf === 'scalar' ? typeof value !== 'object' : isOneOf(leaf, value));
    if (!allowed) this.#explain(`The value of field ${field.coordinate} is not one that the schema shows.`);
    return allowed ? value : null;
  }

  #unknownType(field: ShapeField): typeof DISALLOWED {
    this.#path.push(field.key);
    this.#explain(`Cannot return null for non-nullable field ${field.coordinate}.`);
    this.#path.pop();
    return DISALLOWED;
  }

  #tellLoss(holder: JsonObject, key: string): void {
    const fault = this.#losses.get(holder)?.get(key);
    if (fault !== undefined && !this.#faults.explains(this.#path)) this.#faults.add(fault, this.#path, true);
  }

  #explain(message: string): void {
    if (!this.#faults.explains(this.#path)) this.#faults.add(faultOf({ message }), this.#path);
  }
}

/** True for the common case, a value that goes to the client unchanged; tested early to save time. */
function isPlain(position: Position, value: unknown): boolean {
  if (value === null || value === undefined || position.item !== null || position.shape !== null) return false;
  return position.leaf === 'any' || (position.leaf === 'scalar' && typeof value !== 'object');
}

function isOneOf(values: ReadonlySet<string>, value: unknown): boolean {
  return typeof value === 'string' && values.has(value);
}
