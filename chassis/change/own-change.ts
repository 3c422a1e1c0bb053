import type { EntityManager } from '@mikro-orm/postgresql';
import { HubError } from '../../schema/errors.ts';
import type { HubContext } from '../decide/context.ts';
import { authorize } from '../decide/decide.ts';
import { type Permitted, sectorKeys } from './answered-key.ts';
import { makeChange } from './change.ts';
import { keepHistory, type Written } from './change-history.ts';
import type { KeyedInput } from './keyed-change.ts';
import type { WriteReceipt } from './receipt.ts';

/** The change of its agency's own matters that a caller asks for. */
export interface OwnChange {
  readonly action: 'WRITE' | 'LINK' | 'MANAGE';
  /** The mutation's name, as log and history have it. */
  readonly mutation: string;
  readonly input: KeyedInput;
}

/** The youth and the category that a change is about; links and assignments are of none (''). */
export interface About {
  /** Null when there is no such thing in the caller's agency. */
  readonly youthId: string | null;
  readonly category: string;
}

/**
 * Makes a change of the caller's agency's own matters. `authorize` decides and logs it first: FORBIDDEN when the caller may
 * not, the same whether the thing exists (C12). A change whose key has been answered is decided anew as well.
 */
export function changeOwn(
  asked: OwnChange,
  find: () => About | Promise<About>,
  context: HubContext,
  write: (em: EntityManager) => Promise<Written>,
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

/** Stands for the youth of a record that there is not: the attempt is decided, logged and denied like any other. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Asks the registry, which logs it, whether the caller may change the own agency's matters about the youth (C3): its records
 * of a category, or, where `category` is empty, its link or assignments. FORBIDDEN when not; LOG_UNAVAILABLE when there is no
 * answer: without a log nothing is done (C13).
 */
async function permitted(
  { action, mutation }: OwnChange,
  { youthId, category }: About,
  context: HubContext,
): Promise<Permitted> {
  const asked = [{ category, whereabouts: false, fields: [mutation] }];
  const permits = await authorize(context, action, asked, [youthId ?? NOBODY]).catch((cause: unknown) => {
    throw HubError.constant('LOG_UNAVAILABLE', cause);
  });
  if (permits.length === 0) throw HubError.constant('FORBIDDEN');
  if (youthId === null) throw HubError.constant('FORBIDDEN');
  return { youthId, category };
}
