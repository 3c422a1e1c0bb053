import type { FetchRewrite } from '@graphql-hive/router-query-planner';
import { isJsonObject, type JsonObject, read } from '../json.ts';
import type { Types } from '../prepare/types.ts';

type Step = { readonly key: string } | { readonly types: readonly string[] };

/** A change that the plan asks for: to set the value at a path, or to rename the key at its end. */
export type Rewrite =
  | { readonly kind: 'set'; readonly path: readonly Step[]; readonly value: string }
  | { readonly kind: 'rename'; readonly path: readonly Step[]; readonly to: string };

/** The planner's rewrites in our form. */
export function rewritesOf(rewrites: readonly FetchRewrite[] | undefined): readonly Rewrite[] {
  return (rewrites ?? []).map((rewrite): Rewrite => {
    if ('KeyRenamer' in rewrite) {
      return { kind: 'rename', path: stepsOf(rewrite.KeyRenamer.path), to: rewrite.KeyRenamer.renameKeyTo };
    }
    const setter = 'ValueSetter' in rewrite ? rewrite.ValueSetter : rewrite;
    return { kind: 'set', path: stepsOf(setter.path), value: setter.setValueTo };
  });
}

function stepsOf(path: readonly ({ TypenameEquals: string[] } | { Key: string })[]): Step[] {
  return path.map((segment) => ('Key' in segment ? { key: segment.Key } : { types: segment.TypenameEquals }));
}

/** The keys that the rewrites rename, with their new names. */
export function renamesOf(rewrites: readonly Rewrite[]): ReadonlyMap<string, string> {
  const renames = new Map<string, string>();
  for (const rewrite of rewrites) {
    const last = rewrite.path.at(-1);
    if (rewrite.kind === 'rename' && last !== undefined && 'key' in last) renames.set(last.key, rewrite.to);
  }
  return renames;
}

/** Carries out the rewrites on `value`, in place and in order. */
export function applyRewrites(value: unknown, rewrites: readonly Rewrite[], types: Types): void {
  for (const rewrite of rewrites) applyAt(value, rewrite, 0, types);
}

function applyAt(value: unknown, rewrite: Rewrite, depth: number, types: Types): void {
  if (Array.isArray(value)) {
    for (const item of value) applyAt(item, rewrite, depth, types);
    return;
  }
  const step = rewrite.path[depth];
  if (step === undefined || !isJsonObject(value)) return;
  if ('types' in step) {
    if (isOneOf(value, step.types, types)) applyAt(value, rewrite, depth + 1, types);
  } else if (depth + 1 < rewrite.path.length) {
    applyAt(read(value, step.key), rewrite, depth + 1, types);
  } else if (Object.hasOwn(value, step.key)) {
    if (rewrite.kind === 'set') value[step.key] = rewrite.value;
    else renameKey(value, step.key, rewrite.to);
  }
}

/**
 * True if the value has one of the types. A value whose type was not asked for can only be of the type that the plan
 * expects.
 */
function isOneOf(value: JsonObject, names: readonly string[], types: Types): boolean {
  const name = read(value, '__typename');
  return typeof name !== 'string' || names.some((condition) => types.is(name, condition));
}

function renameKey(value: JsonObject, from: string, to: string): void {
  value[to] = value[from];
  delete value[from];
}
