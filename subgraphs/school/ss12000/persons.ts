import type { EntityManager } from '@mikro-orm/postgresql';
import { WriteOutcome } from '../../../chassis/change/receipt.ts';
import {
  type Checked,
  type EntryFinding,
  type Finding,
  type Importer,
  ImportFault,
  type ImportTarget,
  type Passed,
  type Stored,
} from '../../../chassis/importer.ts';
import { shownId } from '../../../chassis/input/shown-id.ts';
import { storeFed, underKnownSources, withdrawUnfed } from '../../../chassis/record/store-fed.ts';
import { linksOfPersons } from '../../../chassis/youth/person-links.ts';
import { enrolment } from '../enrolment.ts';
import { fedEnrolments, readEnrolments, SOURCE } from './fed-enrolments.ts';
import { rememberPersons } from './known-person.ts';
import { compiled, entriesIn, faultOf, numberIn, type Placed } from './read.ts';
import { type Person, type PersonEnrolment, personSchema } from './schemas.ts';

/** A person that has passed. Without a number, only the school's own key links: the id in its system. */
interface CheckedPerson {
  readonly id: string;
  readonly number: string | null;
  readonly isProtected: boolean;
  /** Null if the person's entry says nothing about enrolments. */
  readonly enrolments: readonly PersonEnrolment[] | null;
  /** False if an enrolment was rejected: then it is not known which one of the records it means. */
  readonly isComplete: boolean;
}

const isPerson = compiled<Person>(personSchema);

/** Persons and their enrolments in the format of SS12000, the Swedish standard school API. */
export const persons: Importer<CheckedPerson> = {
  description: 'persons with enrolments as of SS12000, JSON or JSON lines',
  entries: 'persons',
  outcomes: {
    linked: 'persons linked to a youth',
    notLinked: 'persons not linked, nothing stored',
    enrolmentsCreated: 'enrolments created',
    enrolmentsChanged: 'enrolments changed',
    enrolmentsUnchanged: 'enrolments unchanged',
    enrolmentsWithdrawn: 'enrolments withdrawn, gone from the file',
    enrolmentsLeftWithdrawn: 'enrolments that staff withdrew, left so',
    enrolmentsUndated: 'enrolments stored without a first day',
    markedProtected: 'persons marked protected in the source',
  },
  demoAgency: 'school:skovde',
  entriesOf(file) {
    const found = entriesIn(file, 'persons');
    if (found === null || found.some((entry) => entry === file.documents[0] && !isPersonLike(entry)))
      throw new ImportFault(
        'The file holds no persons of SS12000. Expected one person, an array of persons, or an object with such an array under persons or data.',
      );
    if (found.length > 0) return found;
    throw new ImportFault('The file holds no persons. It must hold at least one.');
  },
  advice: ({ markedProtected = 0, enrolmentsUndated = 0 }) => [
    ...(markedProtected === 0
      ? []
      : [
          `Protection is not imported, since the registry holds it. Make sure that the lead agency has recorded it for those of the ${markedProtected} persons that are in a group.`,
        ]),
    ...(enrolmentsUndated === 0
      ? []
      : [
          `SS12000 requires a startDate. The ${enrolmentsUndated} enrolments without one do not cross under a grant with a data period.`,
        ]),
  ],
  begin(target) {
    const seen = { ids: new Map<string, number>(), numbers: new Map<string, number>() };
    const links = new Map<string, number>();
    return {
      check: (given, index) => check(given, index, seen),
      store: (passed, em) => store(passed, links, target, em),
    };
  },
};

/** True unless a file's only object cannot be a person, as an empty one or a page of something else. */
function isPersonLike(entry: unknown): boolean {
  return typeof entry === 'object' && entry !== null && 'id' in entry;
}

/** The place at which each id and number was first. */
interface Seen {
  readonly ids: Map<string, number>;
  readonly numbers: Map<string, number>;
}

function check(given: unknown, index: number, seen: Seen): Checked<CheckedPerson> {
  if (!isPerson(given)) return { rejected: { id: idOf(given), ...faultOf(isPerson) } };
  const id = idOf(given);
  const civic = numberIn(given.civicNo, '/civicNo');
  // Nobody can know which of two is right, and the second would remove the enrolments of the first.
  const sameId = seen.ids.get(given.id);
  if (sameId !== undefined) return { rejected: { id, path: '/id', reason: `is also the id of persons[${sameId}]` } };
  const sameNumber = civic.number === null ? undefined : seen.numbers.get(civic.number);
  if (sameNumber !== undefined)
    return { rejected: { id, path: '/civicNo', reason: `is also the number of persons[${sameNumber}]` } };
  seen.ids.set(given.id, index);
  if (civic.number !== null) seen.numbers.set(civic.number, index);
  const listed = enrolmentsOf(given);
  const marking = markingOf(given);
  const found = (faults: readonly Placed[]): Finding[] => faults.map((fault) => ({ id, ...fault }));
  return {
    entry: { id: given.id, number: civic.number, isProtected: marking.isProtected, ...listed.read },
    parts: found(listed.faults),
    remarks: found([civic.fault, marking.fault].filter((fault) => fault !== undefined)),
  };
}

function enrolmentsOf({ enrolments }: Person): {
  readonly read: Pick<CheckedPerson, 'enrolments' | 'isComplete'>;
  readonly faults: readonly Placed[];
} {
  if (enrolments == null) return { read: { enrolments: null, isComplete: false }, faults: [] };
  if (!Array.isArray(enrolments))
    return {
      read: { enrolments: null, isComplete: false },
      faults: [{ path: '/enrolments', reason: 'must be array' }],
    };
  const read = readEnrolments(enrolments);
  return { read: { enrolments: read.enrolments, isComplete: read.rejected === 0 }, faults: read.faults };
}

const MARKINGS = ['Ingen', 'Sekretessmarkering', 'Skyddad folkbokföring'];

/** A marking that is none of the standard's may be one of a protected person, so it counts as such. */
function markingOf({ securityMarking = null }: Person): { readonly isProtected: boolean; readonly fault?: Placed } {
  const isProtected = securityMarking !== null && securityMarking !== MARKINGS[0];
  if (securityMarking === null || (typeof securityMarking === 'string' && MARKINGS.includes(securityMarking)))
    return { isProtected };
  const reason = `must be one of ${MARKINGS.join(', ')}; it is counted as protected`;
  return { isProtected, fault: { path: '/securityMarking', reason } };
}

function idOf(given: unknown): string | null {
  return typeof given === 'object' && given !== null && 'id' in given ? shownId(given.id) : null;
}

/** The reason to look at an id by which the school's own staff linked somebody else. */
const ANOTHERS_KEY = 'is the personKey of a link that is not this person’s, so compare both';

/**
 * Stores the enrolments of the linked persons. A link has two names, a number and a key: the second person of the file on one link is
 * rejected, as one with the same number. `links` has the place at which each link was first.
 */
async function store(
  passed: readonly Passed<CheckedPerson>[],
  links: Map<string, number>,
  { agency, author }: ImportTarget,
  em: EntityManager,
): Promise<Stored> {
  const named = passed.map(({ entry, index }) => ({
    ...{ ...entry, index },
    ...{ identityNumber: entry.number, personKey: entry.id },
  }));
  const linkOf = await linksOfPersons(named, agency, em);
  const found = named.map((person) => ({
    ...person,
    link: linkOf(person),
    keyed: linkOf({ identityNumber: null, personKey: person.id }),
  }));
  const rejected: EntryFinding[] = [];
  const people = found.filter(({ index, id, link }) => {
    if (link === undefined) return true;
    const first = links.get(link.id) ?? index;
    links.set(link.id, first);
    if (first === index) return true;
    rejected.push({ index, id: shownId(id), path: '/id', reason: `is of the same link as persons[${first}]` });
    return false;
  });
  await rememberPersons(people, agency, em);
  const linked = people.flatMap(({ link, ...person }) => (link === undefined ? [] : [{ ...person, link }]));
  // A person without the field enrolments states nothing about them; an empty array states that there are none.
  const listed = linked.flatMap(({ id, link, enrolments }) =>
    fedEnrolments(id, link, enrolments ?? []).map((record) => ({ ...record, link })),
  );
  const fed = await underKnownSources(enrolment, listed, agency, em);
  const complete = linked.filter(({ isComplete }) => isComplete).map(({ link }) => link.id);
  const withdrawn = await withdrawUnfed(enrolment, SOURCE, complete, fed, { agency, author }, em);
  const outcomes = await storeFed(enrolment, fed, { agency, author, feed: 'ss12000' }, em);
  const times = (outcome: WriteOutcome) => outcomes.filter((each) => each === outcome).length;
  const contested = people.filter(({ link, keyed }) => keyed !== undefined && keyed !== link);
  return {
    rejected,
    remarks: contested.map(({ index, id }) => ({ index, id: shownId(id), path: '/id', reason: ANOTHERS_KEY })),
    counts: {
      linked: linked.length,
      notLinked: people.length - linked.length,
      markedProtected: people.filter(({ isProtected }) => isProtected).length,
      enrolmentsCreated: times(WriteOutcome.CREATED),
      enrolmentsChanged: times(WriteOutcome.CHANGED),
      enrolmentsUnchanged: times(WriteOutcome.UNCHANGED),
      enrolmentsWithdrawn: withdrawn,
      enrolmentsLeftWithdrawn: times(WriteOutcome.WITHDRAWN),
      enrolmentsUndated: fed.filter(({ fields }) => fields.from === null).length,
    },
  };
}
