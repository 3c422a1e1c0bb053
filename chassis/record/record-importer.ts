import type { EntityManager } from '@mikro-orm/postgresql';
import { WriteOutcome } from '../change/receipt.ts';
import {
  type Checked,
  type EntryFinding,
  type Importer,
  ImportFault,
  type ImportFile,
  type ImportTarget,
  type Passed,
  type Stored,
  TableRow,
} from '../importer.ts';
import { identityNumberOf, NOBODYS } from '../input/identity-number.ts';
import { type InputReader, inputReader } from '../input/input-reader.ts';
import { holdsIdentityNumber } from '../input/plain-text.ts';
import { shownId } from '../input/shown-id.ts';
import type { LinkedPerson } from '../youth/links.ts';
import { linksOfPersons } from '../youth/person-links.ts';
import type { InputFault, RecordKind } from './record-kind.ts';
import { type FedRecord, OTHER_PERSON, storeFed } from './store-fed.ts';

/** The fields of an entry beside the record's own: the youth, and the source's own id of the record. */
const OWN = ['identityNumber', 'personKey', 'sourceId'] as const;

/** The longest sourceId, as in the API. */
const LONGEST_SOURCE_ID = 200;

/** An entry that has passed. Without a number and a key it links to nobody. */
interface Entry extends LinkedPerson {
  readonly sourceId: string;
  readonly fields: object;
}

/** Imports records of one kind from CSV or JSON: one record a row, found again by its `sourceId`. */
export function recordImporter(kind: RecordKind): Importer<Entry> {
  let made: Promise<InputReader> | undefined;
  // The reader's schema is built when a file is imported, not in every process that serves the sector.
  const reader = () => {
    made ??= inputReader(kind.input);
    return made;
  };
  return {
    description: `${kind.what}: CSV or JSON, a record a row or line`,
    entries: 'records',
    outcomes: {
      linked: 'records about a linked youth',
      notLinked: 'records about nobody linked, nothing stored',
      created: 'records created',
      changed: 'records changed',
      unchanged: 'records unchanged',
      leftWithdrawn: 'records that staff withdrew, left so',
    },
    async entriesOf(file) {
      const entries = entriesIn(file);
      if (entries.length === 0) throw new ImportFault('The file holds no records. It must hold at least one.');
      demandColumns(entries, [...OWN, ...(await reader()).fields]);
      return entries;
    },
    advice: () => [],
    begin(target) {
      const seen = new Map<string, number>();
      return {
        check: async (given, index) => check(kind, given, index, seen, await reader()),
        store: (passed, em) => store(kind, passed, target, em),
      };
    },
  };
}

/** The rows of a table, the objects of lines, or those of an array in a JSON document. */
function entriesIn({ form, documents }: ImportFile): readonly unknown[] {
  const [document] = documents;
  return form === 'document' && Array.isArray(document) ? document : documents;
}

/** Throws an ImportFault if a table has a column that is no field. Its name is not quoted: it may be the first row of data. */
function demandColumns(entries: readonly unknown[], fields: readonly string[]): void {
  const row = entries.find((entry) => entry instanceof TableRow);
  const unknown = row === undefined ? -1 : row.columns.findIndex((name) => !fields.includes(name));
  if (unknown === -1) return;
  throw new ImportFault(
    `Column ${unknown + 1} of the file has no known name: the first row must name the columns, out of ${fields.join(', ')}.`,
  );
}

async function check(
  kind: RecordKind,
  given: unknown,
  index: number,
  seen: Map<string, number>,
  reader: InputReader,
): Promise<Checked<Entry>> {
  const object = given instanceof TableRow ? valuesOf(given, reader) : given;
  if (typeof object !== 'object' || object === null || Array.isArray(object))
    return { rejected: { id: null, path: '', reason: 'must be an object' } };
  const { identityNumber, personKey, sourceId, ...own } = object as Readonly<Record<string, unknown>>;
  const id = shownId(sourceId);
  const rejected = (path: string, reason: string): Checked<Entry> => ({ rejected: { id, path, reason } });
  if (typeof sourceId !== 'string' || sourceId === '' || sourceId.length > LONGEST_SOURCE_ID || !isStorable(sourceId))
    return rejected('/sourceId', `must be the source’s own id of the record, 1 to ${LONGEST_SOURCE_ID} characters`);
  const named = personIn(identityNumber, personKey);
  if ('fault' in named) return rejected(named.fault.path, named.fault.reason);
  const first = seen.get(sourceId);
  if (first !== undefined) return rejected('/sourceId', `is also the sourceId of records[${first}]`);
  seen.set(sourceId, index);
  const read = await reader.read(own);
  if ('fault' in read) return rejected(read.fault.path, read.fault.reason);
  const [fault] = kind.faults?.(read.fields) ?? [];
  if (fault !== undefined) return { rejected: { id, ...placed(fault) } };
  const entry = { ...named.person, sourceId, fields: read.fields };
  return named.isNobodys ? { entry, remarks: [{ id, path: '/identityNumber', reason: NOBODYS }] } : { entry };
}

/** The person whom an entry names by number, by the agency's own key, or by both. */
function personIn(
  number: unknown,
  key: unknown,
):
  | { readonly person: LinkedPerson; readonly isNobodys: boolean }
  | { readonly fault: Pick<EntryFinding, 'path' | 'reason'> } {
  // An empty cell names nothing.
  const personKey = key === '' ? null : (key ?? null);
  if (personKey !== null && (typeof personKey !== 'string' || holdsIdentityNumber(personKey)))
    return { fault: { path: '/personKey', reason: 'must be a key in which nothing looks like an identity number' } };
  const written = number === '' && personKey !== null ? null : (number ?? null);
  if (written === null && personKey !== null) return { person: { identityNumber: null, personKey }, isNobodys: false };
  if (typeof written !== 'string')
    return { fault: { path: '/identityNumber', reason: 'is required, or personKey for a person without a number' } };
  const identityNumber = identityNumberOf(written);
  return { person: { identityNumber, personKey }, isNobodys: identityNumber === null };
}

/** A fault of an input, as a finding of the report. */
function placed({ field, message }: InputFault): Pick<EntryFinding, 'path' | 'reason'> {
  return { path: `/${field.replaceAll('.', '/')}`, reason: message.replace(/\.$/, '') };
}

/** True for a text that PostgreSQL can store and people can read. */
function isStorable(text: string): boolean {
  return !/[\p{Cc}\p{Surrogate}]/u.test(text);
}

function valuesOf({ cells }: TableRow, reader: InputReader): object {
  const isOwn = (name: string) => (OWN as readonly string[]).includes(name);
  return Object.fromEntries(
    Object.entries(cells).map(([name, text]) => [name, isOwn(name) ? text : reader.valueOf(name, text)]),
  );
}

async function store(
  kind: RecordKind,
  passed: readonly Passed<Entry>[],
  { agency, author }: ImportTarget,
  em: EntityManager,
): Promise<Stored> {
  const linkOf = await linksOfPersons(
    passed.map(({ entry }) => entry),
    agency,
    em,
  );
  const counts = { linked: 0, notLinked: 0, created: 0, changed: 0, unchanged: 0, leftWithdrawn: 0 };
  const rejected: EntryFinding[] = [];
  const fed: (FedRecord & { readonly index: number })[] = [];
  for (const { entry, index } of passed) {
    const link = linkOf(entry);
    if (link === undefined) {
      counts.notLinked += 1;
      continue;
    }
    counts.linked += 1;
    const [fault] = (await kind.faultsBeside?.(entry.fields, link.id, em)) ?? [];
    if (fault === undefined) fed.push({ ...entry, link, index });
    else rejected.push({ index, id: shownId(entry.sourceId), ...placed(fault) });
  }
  const outcomes = await storeFed(kind, fed, { agency, author, feed: `import ${kind.name}` }, em);
  for (const [at, outcome] of outcomes.entries()) {
    const { index = 0, sourceId = '' } = fed[at] ?? {};
    if (outcome === null) rejected.push({ index, id: shownId(sourceId), path: '/sourceId', reason: OTHER_PERSON });
    else if (outcome === WriteOutcome.CREATED) counts.created += 1;
    else if (outcome === WriteOutcome.CHANGED) counts.changed += 1;
    else if (outcome === WriteOutcome.WITHDRAWN) counts.leftWithdrawn += 1;
    else counts.unchanged += 1;
  }
  return { counts, rejected };
}
