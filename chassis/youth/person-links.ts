import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { isSamePerson, Link, type LinkedPerson } from './links.ts';

/** Finds the live link of a person; undefined if there is none. */
export type LinkOf = (person: LinkedPerson) => Link | undefined;

/**
 * Finds the agency's live links of persons, by number or else by the agency's own key. They are locked so that none ends before the
 * transaction.
 */
export async function linksOfPersons(
  persons: readonly LinkedPerson[],
  agency: string,
  em: EntityManager,
): Promise<LinkOf> {
  const numbers = persons.flatMap(({ identityNumber }) => identityNumber ?? []);
  const keys = persons.flatMap(({ personKey }) => personKey ?? []);
  const where = { agency, endedAt: null, $or: [{ identityNumber: { $in: numbers } }, { personKey: { $in: keys } }] };
  const links = await em.find(Link, where, { lockMode: LockMode.PESSIMISTIC_READ });
  const byNumber = new Map(links.map((link) => [link.identityNumber, link]));
  const byKey = new Map(links.map((link) => [link.personKey, link]));
  return (person) => {
    const linked = person.identityNumber === null ? undefined : byNumber.get(person.identityNumber);
    if (linked !== undefined) return linked;
    const known = person.personKey === null ? undefined : byKey.get(person.personKey);
    return known !== undefined && isSamePerson(known, person) ? known : undefined;
  };
}
