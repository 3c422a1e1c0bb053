import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { EntryFinding, ImportFile } from '../../../chassis/importer.ts';
import { ImportFault } from '../../../chassis/importer.ts';
import { identityNumberOf, NOBODYS } from '../../../chassis/input/identity-number.ts';
import { type CivicNo, civicNoSchema } from './schemas.ts';

/** The place in an entry and the reason, without any value. */
export type Placed = Pick<EntryFinding, 'path' | 'reason'>;

// Verbose errors carry the schema's descriptions.
const ajv = new Ajv2020({ verbose: true, allErrors: true });

/** Compiles a schema of this format. */
export function compiled<Passed>(schema: object): ValidateFunction<Passed> {
  return ajv.compile<Passed>(schema);
}

/** The first fault that the last validation found, at a place below `at`. */
export function faultOf({ errors }: ValidateFunction, at = ''): Placed {
  return placedAt(errors?.[0], at);
}

/** A fault: its path consists of names from the schema and of indexes, and its reason quotes nothing. */
export function placedAt(error: ErrorObject | undefined, at: string): Placed {
  if (error === undefined) return { path: at, reason: 'is not as SS12000 has it' };
  const { instancePath, keyword, message, parentSchema } = error;
  const description: unknown = parentSchema?.description;
  const reason =
    keyword === 'pattern' && typeof description === 'string'
      ? `must be ${description}`
      : (message ?? `fails ${keyword}`);
  return { path: at + instancePath, reason };
}

/** The value without the fields that are null, at any depth: servers write null for what they do not have. */
export function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const own = Object.entries(value).filter(([, part]) => part !== null);
  return Object.fromEntries(own.map(([name, part]) => [name, withoutNulls(part)]));
}

/** The entries of a file: one of them, an array, or pages with the array under `data` or `names`. Null if it has none of these. */
export function entriesIn({ form, documents }: ImportFile, name: string): readonly unknown[] | null {
  if (form === 'table') throw new ImportFault(`The file is a table. Expected ${name} of SS12000, which are JSON.`);
  const parts = documents.map((document) => {
    if (Array.isArray(document)) return document as unknown[];
    if (typeof document !== 'object' || document === null) return null;
    const listed = Reflect.get(document, name) ?? Reflect.get(document, 'data');
    return Array.isArray(listed) ? (listed as unknown[]) : [document];
  });
  return parts.includes(null) ? null : parts.flatMap((part) => part ?? []);
}

/** The Swedish day of a date or an instant as SS12000 servers write it; null if there is no such day. */
export function dayOf(text: string): string | null {
  const [written = ''] = text.split('T');
  const isZoned = /T.*(Z|[+-]\d\d:?\d\d)$/.test(text);
  const at = new Date(isZoned ? text.replace(/(?<=[+-]\d\d)(?=\d\d$)/, ':') : `${written}T00:00:00Z`);
  if (Number.isNaN(at.getTime())) return null;
  // JavaScript counts 30 February on into March.
  if (!isZoned) return at.toISOString().startsWith(written) && !written.startsWith('0000') ? written : null;
  return new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/Stockholm' }).format(at);
}

const isCivicNo = compiled<CivicNo>(civicNoSchema);

/** The codes of Sweden: ISO 3166-1 alpha-2, which the standard has, and alpha-3, which servers write as well. */
const SWEDEN = ['SE', 'SWE'];

/** The identity number of a civicNo, if a Swedish one links by it; else null, and what is wrong with it if anything is. */
export function numberIn(civicNo: unknown, at: string): { readonly number: string | null; readonly fault?: Placed } {
  const given = withoutNulls(civicNo) ?? undefined;
  if (given === undefined) return { number: null };
  if (!isCivicNo(given)) return { number: null, fault: faultOf(isCivicNo, at) };
  const isSwedish = SWEDEN.includes((given.nationality ?? 'SE').toUpperCase());
  const number = isSwedish ? identityNumberOf(given.value) : null;
  return number === null ? { number, fault: { path: `${at}/value`, reason: NOBODYS } } : { number };
}
