import { Entity, PrimaryKey, Property } from '@mikro-orm/decorators/legacy';
import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { Link } from '../../../chassis/youth/links.ts';

/** The id that a school's system has for a linked person. Files about a person by that id alone find the link by it. */
@Entity({ tableName: 'ss12000_person' })
export class KnownPerson {
  @PrimaryKey({ type: 'text' })
  agency!: string;

  @PrimaryKey({ type: 'text' })
  personId!: string;

  /** Null since the latest file says that the id is of nobody linked. */
  @Property({ type: 'uuid', nullable: true })
  linkId: string | null = null;
}

/** A person of a file: the id in the school's system, and the link if there is one. */
export interface PersonOfFile {
  readonly id: string;
  readonly link: Link | undefined;
  /** The link of which the id is the school's own key. */
  readonly keyed: Link | undefined;
}

/**
 * Remembers which links the ids mean now. Of an id that never meant anybody linked nothing is stored, unless it is the key of another
 * person's link: then it is nobody's, and a file about that id alone must not find the link by it.
 */
export async function rememberPersons(
  persons: readonly PersonOfFile[],
  agency: string,
  em: EntityManager,
): Promise<void> {
  const personIds = persons.map(({ id }) => id);
  const known = await em.find(KnownPerson, { agency, personId: { $in: personIds } });
  const rows = new Map(known.map((row) => [row.personId, row]));
  for (const { id, link, keyed } of persons) {
    const row = rows.get(id);
    const linkId = link?.id ?? null;
    if (row !== undefined) row.linkId = linkId;
    else if (link !== undefined || keyed !== undefined)
      em.persist(em.create(KnownPerson, { agency, personId: id, linkId }));
  }
  await em.flush();
}

/** The live links of persons by their ids, as the latest file of persons had them; null for an id that is of nobody linked. */
export async function linksByPerson(
  ids: readonly string[],
  agency: string,
  em: EntityManager,
): Promise<ReadonlyMap<string, Link | null>> {
  const known = await em.find(KnownPerson, { agency, personId: { $in: [...ids] } });
  const where = { agency, endedAt: null, id: { $in: known.flatMap(({ linkId }) => linkId ?? []) } };
  const links = await em.find(Link, where, { lockMode: LockMode.PESSIMISTIC_READ });
  const live = new Map(links.map((link) => [link.id, link]));
  return new Map(known.map(({ personId, linkId }) => [personId, live.get(linkId ?? '') ?? null]));
}
