import type { EntityManager } from '@mikro-orm/postgresql';
import { HubError } from '../../schema/errors.ts';
import type { HubContext } from '../decide/context.ts';
import { authorize, undecided } from '../decide/decide.ts';
import { type Permitted, sectorKeys } from './answered-key.ts';
import { makeChange } from './change.ts';
import { keepHistory, type Written } from './change-history.ts';
import type { KeyedInput } from './keyed-change.ts';
import type { WriteReceipt } from './receipt.ts';

/** A change of the agency's own matters that a caller asks for. */
export interface OwnChange {
  readonly action: 'WRITE' | 'LINK' | 'MANAGE';
  /** The mutation's name, as in log and history. */
  readonly mutation: string;
  readonly input: KeyedInput;
}

/** The youth and the category of a change; links and assignments have no category (''). */
export interface About {
  /** Null if the caller's agency has no such thing. */
  readonly youthId: string | null;
  readonly category: string;
}

/**
 * Makes a change of the own matters of the caller's agency. `authorize` decides and logs it first: FORBIDDEN if the caller may
 * not, whether or not the thing exists (C12). A change whose key has been answered is decided anew as well.
 */
export function changeOwn(
  asked: OwnChange,
  find: () => About | Promise<About>,
  context: HubContext,
  write: (em: EntityManager, permitted: PermittedWrite) => Promise<Written>,
): Promise<WriteReceipt> {
  return makeChange(
    {
      ...asked,
      context,
      demand: async () => permitted(asked, await find(), context),
      record: (em, written, { youthId }) => keepHistory(em, written, { mutation: asked.mutation, youthId }, context),
      keys: sectorKeys(context, (about) => permitted(asked, about, context)),
    },
    write,
  );
}

/** A permitted change, and what its marks are given under. */
export interface PermittedWrite extends Permitted {
  /** The youth's protection, as the registry names it (C16). */
  readonly protection: string | null;
}

/** The youth of a record that does not exist: the attempt is decided, logged and denied like any other. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Asks the registry, which logs it, whether the caller may change the own agency's matters about the youth (C3): its records
 * of a category or, if `category` is empty, its link or assignments. FORBIDDEN if not. LOG_UNAVAILABLE if no answer comes:
 * without a log nothing is done (C13). SUBGRAPH_UNAVAILABLE if the own database cannot be reached, RATE_LIMITED if the caller's
 * budget is spent.
 */
async function permitted(
  { action, mutation }: OwnChange,
  { youthId, category }: About,
  context: HubContext,
): Promise<PermittedWrite> {
  const kinds = [{ category, whereabouts: false, fields: [mutation] }];
  const asked = { kinds, youths: [{ id: youthId ?? NOBODY, kinds: 1n }] };
  const permits = await authorize(context, action, asked).catch((cause: unknown) => {
    throw undecided(cause);
  });
  if (permits.length === 0 || youthId === null) throw HubError.constant('FORBIDDEN');
  return { youthId, category, protection: permits[0]?.protection ?? null };
}
