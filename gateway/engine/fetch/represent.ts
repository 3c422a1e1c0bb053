import type { FlattenNodePathSegment, RequiresSelection } from '@graphql-hive/router-query-planner';
import { isJsonObject, type JsonObject, type Path, read, write } from '../json.ts';
import { applyRewrites } from '../plan/rewrite.ts';
import type { Representing } from '../plan/steps.ts';
import type { Types } from '../prepare/types.ts';
import { merge } from './merge.ts';

/** An object of the answer that another subgraph is asked about, and its place. */
export interface RepresentedTarget {
  readonly object: JsonObject;
  readonly path: Path;
}

/** A target that cannot be asked about, because an earlier fetch did not deliver its key. */
export interface Unidentified {
  readonly target: RepresentedTarget;
  /** The object that lacks a key, and that key. */
  readonly holder: JsonObject;
  readonly key: string;
}

/** The representations for one `_entities` field, each once, and the targets that each answer belongs to. */
export interface Representations {
  readonly values: readonly JsonObject[];
  readonly targets: readonly (readonly RepresentedTarget[])[];
  readonly unidentified: readonly Unidentified[];
}

/**
 * Represents every object at the paths, equal ones once. This holds within one request: nothing is ever shared between
 * callers. Objects of a type that the fetch does not cover are left out; an object that lacks a key counts as
 * unidentified.
 */
export function represent(data: JsonObject, how: Representing, types: Types): Representations {
  const values: JsonObject[] = [];
  const targets: RepresentedTarget[][] = [];
  const unidentified: Unidentified[] = [];
  const indexes = new Map<string, number>();
  for (const target of locate(data, how.paths, types)) {
    const value = representation(target.object, how.requires, types);
    if (value === null) continue;
    if (isMissing(value)) {
      unidentified.push({ target, ...value });
      continue;
    }
    applyRewrites(value, how.inputRewrites, types);
    const text = JSON.stringify(value);
    const index = indexes.get(text);
    if (index === undefined) {
      indexes.set(text, values.push(value) - 1);
      targets.push([target]);
    } else targets[index]?.push(target);
  }
  return { values, targets, unidentified };
}

/** The objects at any of the paths. */
function locate(data: JsonObject, paths: Representing['paths'], types: Types): RepresentedTarget[] {
  const found: RepresentedTarget[] = [];
  for (const path of paths) walk(data, path, 0, [], types, found);
  return found;
}

function walk(
  value: unknown,
  path: readonly FlattenNodePathSegment[],
  depth: number,
  here: (string | number)[],
  types: Types,
  found: RepresentedTarget[],
): void {
  if (value === null || typeof value !== 'object') return;
  const segment = path[depth];
  if (segment === '@' || Array.isArray(value)) {
    // A list that the path does not name is passed through: the planner leaves out the innermost of nested lists.
    walkItems(value, path, segment === '@' ? depth + 1 : depth, here, types, found);
  } else if (!isJsonObject(value)) {
    return;
  } else if (segment === undefined) {
    found.push({ object: value, path: here.slice() });
  } else if ('Field' in segment) {
    here.push(segment.Field);
    walk(read(value, segment.Field), path, depth + 1, here, types, found);
    here.pop();
  } else if (mayBeOneOf(value, segment.TypeCondition, types)) {
    walk(value, path, depth + 1, here, types, found);
  }
}

function walkItems(
  list: object,
  path: readonly FlattenNodePathSegment[],
  depth: number,
  here: (string | number)[],
  types: Types,
  found: RepresentedTarget[],
): void {
  if (!Array.isArray(list)) walk(list, path, depth, here, types, found);
  else {
    for (let index = 0; index < list.length; index++) {
      here.push(index);
      walk(list[index], path, depth, here, types, found);
      here.pop();
    }
  }
}

function isOneOf(object: JsonObject, conditions: readonly string[], types: Types): boolean {
  const name = read(object, '__typename');
  return typeof name === 'string' && conditions.some((condition) => types.is(name, condition));
}

/**
 * True if the value has one of the types. A value whose type was not asked for, such as the root, can only be of the
 * type that the plan expects there.
 */
function mayBeOneOf(object: JsonObject, conditions: readonly string[], types: Types): boolean {
  return read(object, '__typename') === undefined || isOneOf(object, conditions, types);
}

interface Missing {
  readonly holder: JsonObject;
  readonly key: string;
}

/** Carries a Missing out of a nested representation; its class distinguishes it from data. */
class MissingKey implements Missing {
  constructor(
    readonly holder: JsonObject,
    readonly key: string,
  ) {}
}

function isMissing(value: unknown): value is MissingKey {
  return value instanceof MissingKey;
}

/** null if the object is of no type that the fetch covers, or is an entity whose keys are all null. */
function representation(
  object: JsonObject,
  requires: readonly RequiresSelection[],
  types: Types,
): JsonObject | MissingKey | null {
  const value: JsonObject = {};
  const missing = represented(object, requires, types, value);
  if (missing !== null) return missing;
  let identified = false;
  for (const key of Object.keys(value)) if (key !== '__typename' && value[key] !== null) identified = true;
  if (!identified) return null;
  if (!Object.hasOwn(value, '__typename')) value.__typename = read(object, '__typename');
  return value;
}

/** Adds the fields of `object` that the selections require to `into`. */
function represented(
  object: JsonObject,
  requires: readonly RequiresSelection[],
  types: Types,
  into: JsonObject,
): MissingKey | null {
  for (const selection of requires) {
    if (selection.kind === 'FragmentSpread') {
      throw new TypeError('A plan opens the fragments of its requirements; this one has a spread.');
    }
    if (selection.kind === 'InlineFragment') {
      if (!isOneOf(object, [selection.typeCondition], types)) continue;
      const missing = represented(object, selection.selections, types, into);
      if (missing !== null) return missing;
      continue;
    }
    const value = requiredValue(object, selection.name, selection.selections, types);
    if (isMissing(value)) return value;
    const key = selection.alias ?? selection.name;
    if (Object.hasOwn(into, key)) merge(into, { [key]: value }, types);
    else write(into, key, value);
  }
  return null;
}

function requiredValue(
  holder: JsonObject,
  key: string,
  selections: readonly RequiresSelection[] | undefined,
  types: Types,
): unknown {
  const value = read(holder, key);
  if (value === undefined) return new MissingKey(holder, key);
  return selections === undefined || selections.length === 0 ? value : nested(value, selections, types);
}

function nested(value: unknown, selections: readonly RequiresSelection[], types: Types): unknown {
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value) {
      const required = nested(item, selections, types);
      if (isMissing(required)) return required;
      items.push(required);
    }
    return items;
  }
  if (!isJsonObject(value)) return value;
  const into: JsonObject = {};
  return represented(value, selections, types, into) ?? into;
}
