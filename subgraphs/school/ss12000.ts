import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import {
  type Checked,
  type Counts,
  type EntryFinding,
  type Importer,
  ImportFault,
  type ImportTarget,
} from '../../chassis/importer.ts';
import { identityNumberOf } from '../../chassis/input/identity-number.ts';
import type { Sql } from '../../chassis/sql.ts';
import { holdsIdentityNumber } from '../../schema/identity-number.ts';
import { type EnrolmentRow, enrolmentRows, SOURCE } from './ss12000-enrolment.ts';
import { type Person, personSchema } from './ss12000-schema.ts';

/** A person that has passed. If the number is missing, the person cannot be linked. */
interface CheckedPerson {
  readonly person: Person;
  readonly number: string | null;
}

// `format` only annotates, since the published sample has an id that is no UUID. Verbose errors carry the schema's descriptions.
const validate = new Ajv2020({ validateFormats: false, verbose: true, allowUnionTypes: true }).compile<Person>(
  personSchema,
);

/** Persons and their enrolments in the format of SS12000, the Swedish standard school API. */
export const ss12000: Importer<CheckedPerson> = {
  description: 'persons with enrolments as of SS12000, JSON',
  entries: 'persons',
  outcomes: {
    linked: 'persons linked to a youth',
    notLinked: 'persons not linked, nothing stored',
    enrolmentsCreated: 'enrolments created',
    enrolmentsChanged: 'enrolments changed',
    enrolmentsUnchanged: 'enrolments unchanged',
    enrolmentsWithdrawn: 'enrolments withdrawn, gone from the file',
    enrolmentsLeftWithdrawn: 'enrolments that staff withdrew, left so',
    markedProtected: 'persons marked protected in the source',
  },
  demoAgency: 'school:skovde',
  entriesOf(document) {
    const persons = personsIn(document);
    if (persons.length > 0) return persons;
    throw new ImportFault('The file holds no persons. It must hold at least one.');
  },
  advice: ({ markedProtected = 0 }) =>
    markedProtected === 0
      ? []
      : [
          `Protection is not imported, since the registry holds it. Make sure that the lead agency has recorded it for those of the ${markedProtected} persons that are in a group.`,
        ],
  begin(target) {
    const seen = { ids: new Map<string, number>(), numbers: new Map<string, number>() };
    return {
      check: (given, index) => check(given, index, seen),
      store: (persons, sql) => store(persons, target, sql),
    };
  },
};

/** One person, an array of them, or an object with them under persons or data. */
function personsIn(document: unknown): readonly unknown[] {
  if (Array.isArray(document)) return document;
  if (typeof document === 'object' && document !== null) {
    if ('persons' in document && Array.isArray(document.persons)) return document.persons;
    if ('data' in document && Array.isArray(document.data)) return document.data;
    if ('id' in document) return [document];
  }
  throw new ImportFault(
    'The file holds no persons of SS12000. Expected one person, an array of persons, or an object with such an array under persons or data.',
  );
}

/** The place at which each id and number was first. */
interface Seen {
  readonly ids: Map<string, number>;
  readonly numbers: Map<string, number>;
}

function check(given: unknown, index: number, seen: Seen): Checked<CheckedPerson> {
  if (!validate(given)) return { rejected: { id: idOf(given), ...reasonOf(validate.errors?.[0]) } };
  const id = idOf(given);
  const number = numberOf(given.civicNo);
  // Nobody can know which of two is right, and the second would remove the enrolments of the first.
  const sameId = seen.ids.get(given.id);
  if (sameId !== undefined) return { rejected: { id, path: '/id', reason: `is also the id of persons[${sameId}]` } };
  const sameNumber = number === null ? undefined : seen.numbers.get(number);
  if (sameNumber !== undefined)
    return { rejected: { id, path: '/civicNo', reason: `is also the number of persons[${sameNumber}]` } };
  seen.ids.set(given.id, index);
  if (number !== null) {
    seen.numbers.set(number, index);
    return { entry: { person: given, number } };
  }
  const reason =
    'is not a Swedish personal identity number or coordination number that somebody can have, so it links to nobody';
  return { entry: { person: given, number }, remark: { id, path: '/civicNo/value', reason } };
}

/** The number that links; null if it is another country's or nobody's. */
function numberOf({ value, nationality }: Person['civicNo']): string | null {
  return (nationality ?? 'SE') === 'SE' ? identityNumberOf(value) : null;
}

/** The person's id in the source; null if it must not be shown, since a report never holds an identity number. */
function idOf(given: unknown): string | null {
  if (typeof given !== 'object' || given === null || !('id' in given)) return null;
  const { id } = given;
  return typeof id === 'string' && /^[\x20-\x7e]{1,100}$/.test(id) && !holdsIdentityNumber(id) ? id : null;
}

/** The path and the reason, without any value: the path consists of names from the schema, and of indexes. */
function reasonOf(error: ErrorObject | undefined): Pick<EntryFinding, 'path' | 'reason'> {
  if (error === undefined) return { path: '', reason: 'is not a person of SS12000' };
  const { instancePath: path, keyword, message, params, parentSchema } = error;
  const description: unknown = parentSchema?.description;
  if (keyword === 'pattern' && typeof description === 'string') return { path, reason: `must be ${description}` };
  if (keyword === 'enum') return { path, reason: `must be one of ${params.allowedValues.join(', ')}` };
  return { path, reason: message ?? `fails ${keyword}` };
}

/** Stores the enrolments of the linked persons in two statements, for any number of persons. */
async function store(persons: readonly CheckedPerson[], target: ImportTarget, sql: Sql): Promise<Counts> {
  const links = await linksOf(persons, target, sql);
  const linked = persons.flatMap(({ person, number }) => {
    const link = number === null ? undefined : links.get(number);
    return link === undefined || number === null ? [] : [{ person, number, link }];
  });
  const people = {
    linked: linked.length,
    notLinked: persons.length - linked.length,
    markedProtected: persons.filter(({ person }) => (person.securityMarking ?? 'Ingen') !== 'Ingen').length,
  };
  // A person without the field enrolments states nothing about them; an empty array states that there are none.
  const stating = linked.filter(({ person }) => person.enrolments !== undefined);
  if (stating.length === 0) return people;
  const rows = stating.flatMap(({ person, number, link }) => enrolmentRows(person, number, link));
  const stated = stating.map(({ link }) => link);
  return { ...people, ...(await storeEnrolments(rows, stated, target, sql)) };
}

/** The agency's live links by identity number, locked so that none ends before the transaction. */
async function linksOf(
  persons: readonly CheckedPerson[],
  { agency }: ImportTarget,
  sql: Sql,
): Promise<ReadonlyMap<string, string>> {
  const numbers = persons.flatMap(({ number }) => (number === null ? [] : [number]));
  const rows = await sql(
    `SELECT id, identity_number FROM agency.link
      WHERE agency = :agency AND ended_at IS NULL AND identity_number = ANY (:numbers::text[]) FOR SHARE`,
    { agency, numbers },
  );
  return new Map(rows.map(({ id, identity_number }) => [String(identity_number), String(id)]));
}

const COLUMNS = 'link_id, school_unit, school_unit_id, school_type, year, programme, education_code, cancelled';
const ofAlias = (alias: string) => COLUMNS.replaceAll(/\w+/g, (column) => `${alias}.${column}`);

/** The name of this feed, beside the content that it last had for an enrolment. */
const FEED = 'ss12000';

/** SQL that is true if an import changes none of the names that can carry a mark. */
const SAME_TEXT = 'e.programme IS NOT DISTINCT FROM excluded.programme';

/** SQL that is true for a withdrawn enrolment that an import withdrew, since its file had it no longer. */
const gone = (alias: string) => `(${alias}.withdrawn_at IS NOT NULL AND starts_with(${alias}.withdrawn_by, 'import:'))`;

/**
 * Stores enrolments, and withdraws imported ones of these links that the file no longer has. It does not touch those of staff. What
 * staff did to an imported one stands: it stays withdrawn or held, and it stays corrected until the file has other content for it.
 */
const STORE_ENROLMENTS = `
  WITH given AS MATERIALIZED (
    SELECT g.*, e.id AS record, f.content IS NOT NULL AND f.content = g.content AS is_known,
      coalesce(${gone('e')}, false) AS is_gone, coalesce(e.withdrawn_at IS NOT NULL AND NOT ${gone('e')}, false) AS is_left
    FROM jsonb_to_recordset(:rows) AS g (source_id text, content text, link_id uuid, school_unit text, school_unit_id text,
      school_type text, year integer, programme text, education_code text, cancelled boolean)
    LEFT JOIN agency.enrolment e ON e.agency = :agency AND e.source_id = g.source_id
    LEFT JOIN agency.fed_content f ON f.record = e.id AND f.feed = :feed
  ), withdrawn AS (
    UPDATE agency.enrolment e SET withdrawn_at = now(), withdrawn_by = :author, changed_at = now(), version = e.version + 1
    WHERE e.agency = :agency AND e.link_id = ANY (:links::uuid[]) AND starts_with(e.source_id, :source) AND e.withdrawn_at IS NULL
      AND NOT EXISTS (SELECT FROM given g WHERE g.source_id = e.source_id)
    RETURNING e.id
  ), moved AS (
    UPDATE agency.enrolment e SET link_id = g.link_id, changed_at = now(), version = e.version + 1
    FROM given g
    WHERE e.id = g.record AND g.is_known AND NOT g.is_gone AND e.withdrawn_at IS NULL AND e.link_id <> g.link_id
    RETURNING e.id
  ), stored AS (
    INSERT INTO agency.enrolment AS e (id, agency, author, written_by_system, recorded_at, source_id, ${COLUMNS})
    SELECT gen_random_uuid(), :agency, :author, true, now(), g.source_id, ${ofAlias('g')} FROM given g WHERE NOT g.is_known OR g.is_gone
    ON CONFLICT (agency, source_id) DO UPDATE
      SET (withdrawn_at, withdrawn_by, changed_at, version, ${COLUMNS})
          = (NULL, NULL, now(), e.version + 1, ${ofAlias('excluded')}),
        -- C16: a mark goes with its text, and no file gives one.
        author = CASE WHEN ${SAME_TEXT} THEN e.author ELSE excluded.author END,
        written_by_system = NOT (${SAME_TEXT}) OR e.written_by_system,
        names_no_place = CASE WHEN ${SAME_TEXT} THEN e.names_no_place END
      WHERE ${gone('e')} OR e.withdrawn_at IS NULL AND (${ofAlias('e')}) IS DISTINCT FROM (${ofAlias('excluded')})
    RETURNING e.id, e.source_id, old.id IS NULL AS created
  ), fed AS (
    INSERT INTO agency.fed_content AS f (record, feed, content)
    SELECT coalesce(g.record, s.id), :feed, g.content FROM given g LEFT JOIN stored s USING (source_id)
    WHERE NOT g.is_known AND NOT g.is_left AND coalesce(g.record, s.id) IS NOT NULL
    ON CONFLICT (record, feed) DO UPDATE SET content = excluded.content
  )
  SELECT (SELECT count(*) FROM stored WHERE created)::int AS created,
    (SELECT count(*) FROM stored WHERE NOT created)::int + (SELECT count(*) FROM moved)::int AS changed,
    (SELECT count(*) FROM given WHERE is_left)::int AS left_withdrawn,
    (SELECT count(*) FROM withdrawn)::int AS withdrawn`;

async function storeEnrolments(
  rows: readonly EnrolmentRow[],
  links: readonly string[],
  { agency, author }: ImportTarget,
  sql: Sql,
): Promise<Counts> {
  const [counted] = await sql(STORE_ENROLMENTS, {
    rows: JSON.stringify(rows),
    agency,
    author,
    links,
    source: SOURCE,
    feed: FEED,
  });
  const [created, changed] = [Number(counted?.created), Number(counted?.changed)];
  const left = Number(counted?.left_withdrawn);
  return {
    enrolmentsCreated: created,
    enrolmentsChanged: changed,
    enrolmentsUnchanged: rows.length - created - changed - left,
    enrolmentsWithdrawn: Number(counted?.withdrawn),
    enrolmentsLeftWithdrawn: left,
  };
}
