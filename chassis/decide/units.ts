import { kindKey, type UnitKind } from './labels.ts';

/** A kind of unit that an operation asks for, with the names of the fields that ask. */
export interface TouchedKind extends UnitKind {
  readonly fields: string[];
}

/** A youth whom an operation asks about. */
export interface TouchedYouth {
  readonly id: string;
  /** Which of the kinds are asked of the youth: the bit n is the kind at place n. */
  readonly kinds: bigint;
}

/**
 * Which units an operation asks for: the kinds, and of each youth which of them. They are those of each root field asked alone,
 * together. A kind stands twice where different fields ask for it of different youths, and of one youth at most once.
 */
export interface Touched {
  readonly kinds: readonly TouchedKind[];
  readonly youths: readonly TouchedYouth[];
}

/** The value for an operation that has not been read yet. */
export const NOTHING_TOUCHED: Touched = { kinds: [], youths: [] };

/** Kinds that have a bit each, at most; where there would be more, all fields of the operation that ask for a kind stand together. */
const MAX_KINDS = 62;

/** One field that asks for a kind of unit; the same object wherever it stands. */
export interface Ask {
  readonly kind: UnitKind;
  readonly field: string;
}

/** A root field: whom it names, and what it asks of them. */
export interface RootField {
  readonly youths: ReadonlySet<string>;
  readonly asks: ReadonlySet<Ask>;
}

/** Youths of whom the same root fields ask: which kinds, by their keys, with the fields that ask. */
export interface AskedAlike {
  readonly youths: readonly string[];
  readonly fields: ReadonlyMap<string, { readonly kind: UnitKind; readonly names: ReadonlySet<string> }>;
}

/** Sorts the youths whom root fields name by what is asked of them. */
export function askingOf(roots: readonly RootField[]): AskedAlike[] {
  const rootsOf = new Map<string, RootField[]>();
  const number = new Map<RootField, number>();
  for (const root of roots) {
    if (root.asks.size === 0) continue;
    number.set(root, number.size);
    for (const youth of root.youths) {
      const known = rootsOf.get(youth);
      if (known === undefined) rootsOf.set(youth, [root]);
      else known.push(root);
    }
  }
  const alike = new Map<string, AskedAlike & { youths: string[] }>();
  for (const [youth, its] of rootsOf) {
    const key = its.map((root) => number.get(root)).join();
    const known = alike.get(key);
    if (known === undefined)
      alike.set(key, { youths: [youth], fields: together(its.flatMap(({ asks }) => [...asks])) });
    else known.youths.push(youth);
  }
  return [...alike.values()];
}

function together(asks: readonly Ask[]): AskedAlike['fields'] {
  const fields = new Map<string, { kind: UnitKind; names: Set<string> }>();
  for (const { kind, field } of asks) {
    const key = kindKey(kind);
    const known = fields.get(key);
    if (known === undefined) fields.set(key, { kind, names: new Set([field]) });
    else known.names.add(field);
  }
  return fields;
}

/** Gives each kind with its fields a place, and each youth the places of what is asked of the youth. */
export function numbered(asking: readonly AskedAlike[], widened?: AskedAlike['fields']): Touched {
  const places = new Map<string, number>();
  const kinds: TouchedKind[] = [];
  const youths: TouchedYouth[] = [];
  for (const { youths: ids, fields } of asking) {
    let mask = 0n;
    for (const [key, own] of fields) {
      const { kind, names } = widened?.get(key) ?? own;
      const named = [...names].sort();
      const place = places.get(`${key} ${named}`) ?? kinds.push({ ...kind, fields: named }) - 1;
      places.set(`${key} ${named}`, place);
      mask |= 1n << BigInt(place);
    }
    youths.push(...ids.map((id) => ({ id, kinds: mask })));
  }
  if (kinds.length <= MAX_KINDS || widened !== undefined) return { kinds, youths };
  const asks = asking.flatMap(({ fields }) =>
    [...fields.values()].flatMap(({ kind, names }) => [...names].map((field) => ({ kind, field }))),
  );
  return numbered(asking, together(asks));
}
