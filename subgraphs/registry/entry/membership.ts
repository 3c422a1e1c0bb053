import type { HubContext } from '../../../chassis/decide/context.ts';
import type { MatterOf, Memberships, RefusedByRole } from '../../../chassis/decide/membership.ts';
import { MAX_YOUTHS } from '../../../chassis/decide/touched.ts';
import { statement } from '../../../chassis/statement.ts';
import { isYouthId } from '../../../schema/youth-id.ts';
import { type Asker, appendSql, asker, logged } from './log.ts';

/** A group that the caller is a member of, as a statement found it. */
export interface MemberGroup {
  readonly groupId: string;
  /** True if the caller coordinates it, in its lead agency, and so may see all its grants. */
  readonly coordinates: boolean;
  readonly timeLeftMs: number;
}

/** The SQL of the caller's places `p`: the seats by which the caller is a member (may.sql), from the values of `asker`. */
export const PLACES = 'registry.places_of(:caller, :roles, :agency) p';

/** The SQL of the columns that a statement must return from `PLACES`, grouped by `PLACE_GROUP`. */
export const PLACE_COLUMNS = `p.group_id AS "groupId", bool_or(p.coordinates) AS coordinates,
  floor(extract(epoch FROM least(
    max(coalesce(p.ends_at, 'infinity')), registry.clock() + interval '1 minute'
  ) - registry.clock()) * 1000)::int AS "timeLeftMs"`;

/** The SQL of the columns that distinguish the caller's groups. */
export const PLACE_GROUP = 'p.group_id, p.youth, p.programme';

const DECIDE = statement<Asker & { readonly kinds: readonly string[]; readonly ids: readonly string[] }>(
  'decide memberships',
  `
  WITH matter AS (
    SELECT * FROM unnest(:kinds::text[], :ids::uuid[]) AS m (kind, id)
  ), concerned AS (
    SELECT m.kind, m.id, g.id AS group_id
      FROM matter m JOIN registry.intervention_group g ON g.youth = m.id WHERE m.kind = 'youth'
    UNION ALL SELECT m.kind, m.id, m.id FROM matter m WHERE m.kind = 'group'
    UNION ALL SELECT m.kind, m.id, c.group_id
      FROM matter m JOIN registry.consent c ON c.id = m.id WHERE m.kind = 'consent'
  ), found AS MATERIALIZED (
    SELECT concerned.kind, concerned.id, p.youth, p.programme, ${PLACE_COLUMNS}
    FROM concerned JOIN ${PLACES} ON p.group_id = concerned.group_id
    GROUP BY concerned.kind, concerned.id, ${PLACE_GROUP}
  ), written AS (
    ${appendSql(
      'READ',
      'f.id IS NOT NULL',
      {
        name: 'm.kind',
        thing: 'm.id',
        youth: "coalesce(f.youth, CASE WHEN m.kind = 'youth' THEN m.id END)",
        group_id: 'f."groupId"',
        programme: 'f.programme',
      },
      'FROM matter m LEFT JOIN found f ON f.kind = m.kind AND f.id = m.id',
    )}
  )
  SELECT kind, id, "groupId", coordinates, "timeLeftMs" FROM found`,
);

const REFUSED = (kind: RefusedByRole['kind']) =>
  statement<Asker & { readonly names: readonly string[]; readonly youths: readonly string[] }>(
    `note refused ${kind}`,
    appendSql(
      kind,
      'false',
      { name: 'r.name', youth: 'r.youth' },
      'FROM unnest(:names::text[], :youths::uuid[]) AS r (name, youth)',
    ),
  );
const NOTE = { READ: REFUSED('READ'), CHANGE: REFUSED('CHANGE') };

const TOO_MANY = `An operation may ask about the groups of at most ${MAX_YOUTHS} youths, groups and consents. Ask for fewer at a time.`;

/**
 * Decides relation MEMBER for one request. All matters that are asked together share one statement. Matters beyond the 200th are
 * neither looked up nor logged: nobody counts as their member, and the error is LIMIT_EXCEEDED.
 */
export class RegistryMemberships implements Memberships {
  readonly #context: () => HubContext;
  readonly #places = new Map<string, MemberGroup>();
  #decided = 0;

  constructor(context: () => HubContext) {
    this.#context = context;
  }

  async decide({ kind, id }: MatterOf): Promise<boolean> {
    // Nobody is a member of a matter whose id is malformed.
    if (!isYouthId(id)) return false;
    const loader = this.#context().loader('memberships', (matters) => this.#decideAll(matters));
    return loader.load(`${kind} ${id.toLowerCase()}`);
  }

  async noteRefusal({ kind, name, youthId }: RefusedByRole): Promise<void> {
    const loader = this.#context().loader(`refused ${kind}`, (refused) => this.#noteAll(kind, refused));
    await loader.load(`${name} ${youthId.toLowerCase()}`);
  }

  includes(groupId: string): boolean {
    return this.#places.has(groupId);
  }

  /** True if this request has found the caller to coordinate the group. */
  coordinates(groupId: string): boolean {
    return this.#places.get(groupId)?.coordinates === true;
  }

  /** Notes a place that a logged statement found. The response is released only while the seat lasts. */
  enter(place: MemberGroup): void {
    this.#places.set(place.groupId, place);
    this.#context().response.limitTo(place.timeLeftMs);
  }

  async #noteAll(kind: RefusedByRole['kind'], refused: readonly string[]): Promise<true[]> {
    const context = this.#context();
    const asked = refused.map((each) => each.split(' '));
    const [names, youths] = [asked.map(([name = '']) => name), asked.map(([, youth = '']) => youth)];
    await logged(NOTE[kind]({ ...asker(context), names, youths }), context);
    return refused.map(() => true);
  }

  async #decideAll(matters: readonly string[]): Promise<boolean[]> {
    const context = this.#context();
    const within = this.#decided <= MAX_YOUTHS;
    this.#decided += matters.length;
    if (this.#decided > MAX_YOUTHS) {
      if (within) context.errors.push({ message: TOO_MANY, extensions: { code: 'LIMIT_EXCEEDED' } });
      return matters.map(() => false);
    }
    const asked = matters.map((matter) => matter.split(' '));
    const [kinds, ids] = [asked.map(([kind = '']) => kind), asked.map(([, id = '']) => id)];
    const rows = await logged<MemberGroup & { kind: string; id: string }>(
      DECIDE({ ...asker(context), kinds, ids }),
      context,
      matters.length,
    );
    for (const place of rows) this.enter(place);
    const found = new Set(rows.map(({ kind, id }) => `${kind} ${id}`));
    return matters.map((matter) => found.has(matter));
  }
}

/** The memberships of a request to the registry. */
export function membershipsOf({ memberships }: HubContext): RegistryMemberships {
  if (memberships instanceof RegistryMemberships) return memberships;
  throw new Error('The request has no memberships of the registry. Serve the registry with its own.');
}
