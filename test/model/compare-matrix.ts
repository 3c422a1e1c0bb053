import { randomUUID } from 'node:crypto';
import type { Question } from '../../chassis/decide/authorize.ts';
import { KINDS } from './histories.ts';
import type { Holder, Lane, LoggedUnit, MatrixRow } from './registry.ts';
import { REASONS, type Reason } from './rule.ts';

/** What `authorize` decided about one unit for one holder of a seat. */
interface Decided {
  /** Null: the source is no candidate and nothing is said of it. */
  readonly reason: Reason | null;
  /** Null: denied. */
  readonly permit: { readonly timeLeftMs: number; readonly period: string } | null;
}

/** The longest that `authorize` ever leaves a permit, in milliseconds. */
const LONGEST_LEFT = 60_000;

const rank = (reason: Reason | null) => (reason === null ? -1 : REASONS.indexOf(reason));

/** Does this reason permit? */
export const isPermit = (reason: Reason | null): boolean => rank(reason) >= REASONS.indexOf('CONSENT');

const latest = (reasons: readonly (Reason | null)[]) =>
  reasons.reduce((last, reason) => (rank(reason) > rank(last) ? reason : last), null);

/** What a row is about, the group left out: `authorize` decides over all of a youth's groups. */
const unitOf = ({ youth, source, recipient, category, whereabouts }: MatrixRow) =>
  [youth, source, recipient, category, whereabouts].join(' ');

/**
 * What the rows of the matrix and `authorize` differ in at `t`, a line each: `authorize` is asked for everybody who holds a
 * seat in one of the youths' groups then.
 */
export async function matrixDifferences(
  lane: Lane,
  t: number,
  youths: readonly string[],
  rows: readonly MatrixRow[],
): Promise<string[]> {
  const holders = await lane.holders(t, youths);
  const decided = await decisionsAt(lane, t, youths, holders);
  const units = new Map<string, MatrixRow[]>();
  for (const row of rows) units.set(unitOf(row), [...(units.get(unitOf(row)) ?? []), row]);
  return [...units.values()].flatMap((about) => {
    const faults = unitFaults(t, about, holders, decided);
    return faults.map((fault) => `${new Date(t).toISOString()} ${about.map(unitOf)[0]}: ${fault}`);
  });
}

/** The rows of one unit, of one or more groups, against what those who hold the recipient's seats were told. */
function unitFaults(t: number, rows: readonly MatrixRow[], holders: readonly Holder[], decided: DecidedFor): string[] {
  const [row] = rows;
  if (row === undefined) return [];
  const seated = holders.filter(({ youth, agency }) => youth === row.youth && agency === row.recipient);
  const groups = new Set(seated.map(({ group }) => group));
  const empty = rows.filter(({ group, reason }) => !groups.has(group) && reason !== 'NO_SEAT');
  const faults = empty.map(({ reason }) => `nobody holds a seat, and the matrix says ${reason}`);
  if (seated.length === 0) return faults;
  const found = seated.map((holder) => decided(holder, row));
  const expected = latest(found.map(({ reason }) => reason));
  const actual = latest(rows.filter(({ group }) => groups.has(group)).map(({ reason }) => reason));
  // In a group that has no row of it, and where no consent names the source, `authorize` has a reason of its own to deny.
  const isTold = [...groups].every((group) => rows.some((each) => each.group === group));
  const isWhole = isTold && !found.some(({ reason }) => reason === null) && actual !== 'BARRED';
  if (isWhole ? expected !== actual : isPermit(expected) !== isPermit(actual)) {
    faults.push(`${expected} by authorize, ${actual} in the matrix`);
  }
  if (rows.length === 1 && isPermit(actual)) faults.push(...permitFaults(t, row, found));
  return faults;
}

function permitFaults(t: number, row: MatrixRow, found: readonly Decided[]): string[] {
  const permits = found.flatMap(({ permit }) => (permit === null ? [] : [permit]));
  const left = Math.max(...permits.map(({ timeLeftMs }) => timeLeftMs));
  const told = Math.min((row.until?.getTime() ?? t) - t, LONGEST_LEFT);
  const period = `${row.dataFrom} ${row.dataTo}`;
  return [
    ...(left === told ? [] : [`${left} ms left by authorize, ${told} in the matrix`]),
    ...(permits.some((permit) => permit.period === period) ? [] : [`the matrix has another data period, ${period}`]),
  ];
}

type DecidedFor = (holder: Holder, row: MatrixRow) => Decided;

/** Asks `authorize` at `t` for each of these people, with all the roles of the seats that they hold. */
async function decisionsAt(
  lane: Lane,
  t: number,
  youths: readonly string[],
  holders: readonly Holder[],
): Promise<DecidedFor> {
  const people = new Map<string, Holder>();
  for (const holder of holders) {
    const roles = [...(people.get(personOf(holder))?.roles ?? []), ...holder.roles];
    people.set(personOf(holder), { ...holder, roles });
  }
  const permits = new Map<string, Decided['permit']>();
  const requests = new Map<string, string>();
  for (const [sector, kinds] of Object.entries(KINDS)) {
    const questions = [...people].map(([person, { agency, subject, roles }]): Question => {
      const requestId = randomUUID();
      requests.set(requestId, person);
      return {
        caller: { subject, actor: null, agency, roles },
        operation: { hash: '00', name: null, requestId },
        answer: requestId,
        action: 'READ',
        kinds: kinds.map((kind) => ({ ...kind, fields: [] })),
        youths: youths.map((id) => ({ id, assigned: false })),
      };
    });
    const answers = await lane.ask(sector, t, questions);
    [...people.keys()].forEach((person, index) => {
      for (const { youth, category, source, timeLeftMs, dataFrom, dataTo } of answers[index] ?? []) {
        permits.set([person, youth, category, source].join(), { timeLeftMs, period: `${dataFrom} ${dataTo}` });
      }
    });
  }
  const logged = reasonsOf(await lane.entries(youths, t), requests);
  return (holder, { youth, category, source }) => {
    const about = [personOf(holder), youth, category];
    // R6: a source that no consent names is no candidate; then there is one denial without source, if any.
    const reason = logged.get([...about, source].join()) ?? logged.get([...about, null].join()) ?? null;
    return { reason, permit: permits.get([...about, source].join()) ?? null };
  };
}

const personOf = ({ agency, subject }: Holder) => `${agency}/${subject}`;

function reasonsOf(
  entries: readonly LoggedUnit[],
  requests: ReadonlyMap<string, string>,
): ReadonlyMap<string, Reason | undefined> {
  return new Map(
    entries
      .filter(({ request_id }) => requests.has(request_id))
      .map(({ request_id, youth, category, source, reason }) => [
        [requests.get(request_id), youth, category, source].join(),
        REASONS.find((known) => known === reason),
      ]),
  );
}
