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
}

/** Remembers which links the ids mean now. Of an id that never meant anybody linked nothing is stored. */
export async function rememberPersons(
  persons: readonly PersonOfFile[],
  agency: string,
  em: EntityManager,
): Promise<void> {
  const personIds = persons.map(({ id }) => id);
  const known = await em.find(KnownPerson, { agency, personId: { $in: personIds } });
  const rows = new Map(known.map((row) => [row.personId, row]));
  for (const { id, link } of persons) {
    const row = rows.get(id);
    if (row !== undefined) row.linkId = link?.id ?? null;
    else if (link !== undefined) em.persist(em.create(KnownPerson, { agency, personId: id, linkId: link.id }));
  }
  await em.flush();
}

/** The live links of persons by their ids, as the latest file of persons had them. */
export async function linksByPerson(
  ids: readonly string[],
  agency: string,
  em: EntityManager,
): Promise<ReadonlyMap<string, Link>> {
  const known = await em.find(KnownPerson, { agency, personId: { $in: [...ids] } });
  const where = { agency, endedAt: null, id: { $in: known.flatMap(({ linkId }) => linkId ?? []) } };
  const links = await em.find(Link, where, { lockMode: LockMode.PESSIMISTIC_READ });
  const live = new Map(links.map((link) => [link.id, link]));
  return new Map(
    known.flatMap(({ personId, linkId }) => {
      const link = live.get(linkId ?? '');
      return link === undefined ? [] : [[personId, link] as const];
    }),
  );
}
