import type { SelectionSetNode } from 'graphql';
import type { ShownFault } from '../errors.ts';
import type { Failure, Run } from '../fetch/run.ts';
import { isJsonObject, type JsonObject, read } from '../json.ts';
import { eachField, type Fragments, fragmentsOf, operationOf, responseKey } from '../prepare/selections.ts';

/** The reason that an object lacks a key: the fault of the fetch that would have delivered it. */
export type Losses = ReadonlyMap<JsonObject, ReadonlyMap<string, ShownFault>>;

/**
 * The cost of a run's failures: each key that a failed fetch would have delivered and nothing else did, and each field
 * that could then not be asked for because such a key was missing. Call it when all fetches are done: until then
 * another may still deliver.
 */
export function lossesOf(run: Run): Losses {
  const losses = new Ledger(run);
  for (const failure of run.failures) losses.charge(failure);
  for (const { about, ...unsent } of run.unsent) {
    const fault = losses.entries.get(about.holder)?.get(about.key);
    if (fault !== undefined) losses.charge({ ...unsent, objects: [about.target.object], fault });
  }
  return losses.entries;
}

class Ledger {
  readonly entries = new Map<JsonObject, Map<string, ShownFault>>();
  constructor(readonly run: Run) {}

  charge({ fetch, alias, renames, objects, fault }: Failure): void {
    const fragments = fragmentsOf(fetch.document);
    let { selectionSet } = operationOf(fetch.document);
    if (alias !== null) {
      const field = selectionSet.selections.find((node) => node.kind === 'Field' && responseKey(node) === alias);
      if (field?.kind !== 'Field' || field.selectionSet === undefined) return;
      selectionSet = field.selectionSet;
    }
    for (const object of objects) this.#chargeObject(object, selectionSet, fragments, renames, fault);
  }

  #chargeObject(
    object: JsonObject,
    selections: SelectionSetNode,
    fragments: Fragments,
    renames: ReadonlyMap<string, string>,
    fault: ShownFault,
  ): void {
    const { types, variables } = this.run;
    const name = read(object, '__typename');
    const is = (condition: string) => typeof name !== 'string' || types.is(name, condition);
    eachField(selections, fragments, variables, is, (field) => {
      const sent = responseKey(field);
      const key = renames.get(sent) ?? sent;
      const value = read(object, key);
      if (value === undefined) this.#note(object, key, fault);
      else if (field.selectionSet) this.#chargeBelow(value, field.selectionSet, fragments, renames, fault);
    });
  }

  #chargeBelow(
    value: unknown,
    selections: SelectionSetNode,
    fragments: Fragments,
    renames: ReadonlyMap<string, string>,
    fault: ShownFault,
  ): void {
    if (Array.isArray(value)) {
      for (const item of value) this.#chargeBelow(item, selections, fragments, renames, fault);
    } else if (isJsonObject(value)) {
      this.#chargeObject(value, selections, fragments, renames, fault);
    }
  }

  #note(object: JsonObject, key: string, fault: ShownFault): void {
    const keys = this.entries.get(object) ?? new Map<string, ShownFault>();
    this.entries.set(object, keys);
    if (!keys.has(key)) keys.set(key, fault);
  }
}
