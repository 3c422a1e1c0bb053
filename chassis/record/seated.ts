import type { EntityManager } from '@mikro-orm/postgresql';
import { HubError } from '../../schema/errors.ts';
import type { HubContext } from '../decide/context.ts';
import { Link } from '../youth/links.ts';
import type { InputFault, RecordKind } from './record-kind.ts';

/**
 * The fields of a record that name an agency without a seat in the youth's group. LOG_UNAVAILABLE if the registry cannot be reached:
 * it would decide nothing either.
 */
export async function unseatedAgencies(
  { seated = [] }: RecordKind,
  fields: object,
  linkId: string,
  em: EntityManager,
  { sector: { authorizer } }: HubContext,
): Promise<InputFault[]> {
  if (seated.length === 0 || authorizer === null) return [];
  const { youthId } = await em.findOneOrFail(Link, linkId);
  const faults: InputFault[] = [];
  for (const field of seated) {
    const agency: unknown = Reflect.get(fields, field);
    if (typeof agency !== 'string') continue;
    const isSeated = await authorizer.isSeated(youthId, agency).catch((cause: unknown) => {
      throw HubError.constant('LOG_UNAVAILABLE', cause);
    });
    const message = `${field} must be an agency with a seat in the youth’s group. Invite the agency by addSeat first, or correct the code.`;
    if (!isSeated) faults.push({ field, message });
  }
  return faults;
}
