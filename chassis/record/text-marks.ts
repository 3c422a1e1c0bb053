import { IsOptional } from 'class-validator';
import { Field } from 'type-graphql';
import { HubError } from '../../schema/errors.ts';
import { authorOf, isBySystem } from '../change/change.ts';
import type { HubContext } from '../decide/context.ts';
import { prefixOf } from '../names.ts';
import { hasFields } from './feed.ts';
import type { RecordRow } from './record.ts';
import { type RecordKind, textsOf } from './record-kind.ts';

/** The marks that an input gives with its texts. */
export interface GivenMarks {
  /** The prose is cleared of other persons (C10). */
  readonly textCleared?: boolean | null | undefined;
  /** The prose and the names name no place (C16). */
  readonly namesNoPlace?: boolean | null | undefined;
}

/** Who writes a record, and under what a mark is given. */
export interface Writer {
  /** The subject of the member of staff or the system. */
  readonly by: string;
  readonly isSystem: boolean;
  /** The youth's protection, as the registry names it; null if it does not know the youth, or if no marks are given. */
  readonly protection: string | null;
}

/** The writer of a change that a caller may make. */
export function writerOf(context: Pick<HubContext, 'caller'>, protection: string | null): Writer {
  return { by: authorOf(context), isSystem: isBySystem(context), protection };
}

/** The part of a record that follows from who wrote its texts. */
type Authorship = Pick<RecordRow, 'author' | 'writtenBySystem' | 'textCleared' | 'namesNoPlace'>;

/**
 * Throws BAD_USER_INPUT if a system gives a mark, also on behalf of a person: a feed sets neither, since no system knows what a text
 * says (C16).
 */
export function demandMarker(
  given: GivenMarks & { readonly cleared?: boolean | null },
  context: Pick<HubContext, 'caller'>,
): void {
  if (!isBySystem(context)) return;
  const field = (['textCleared', 'cleared', 'namesNoPlace'] as const).find((mark) => given[mark] === true);
  if (field === undefined) return;
  const expected = `${field} must be false from a system. A member of your agency’s staff reads the text and marks it.`;
  throw new HubError('BAD_USER_INPUT', expected, { field: `input.${field}` });
}

/**
 * The author and the marks of a record after its fields are changed; `row` is null for a new record. Whoever writes the prose is the
 * author, or the names where the kind has no prose. The mark as cleared goes with the prose, the mark that no place is named with prose
 * and names. Only the author gives either (C10). BAD_USER_INPUT if a person takes away a mark of a text that stays: that takes the
 * fence (C14), which a correction has not.
 */
export function authorshipOf(
  kind: RecordKind,
  row: RecordRow | null,
  fields: object,
  given: GivenMarks,
  { by, isSystem, protection }: Writer,
): Authorship {
  const prose = kind.freeText ?? [];
  const isNewProse = row === null || changes(row, prose, fields);
  const isNewText = row === null || changes(row, textsOf(kind), fields);
  const kept = { textCleared: !isNewProse && row.textCleared, namesNoPlace: isNewText ? null : row.namesNoPlace };
  if (!isSystem && kept.textCleared && prose.length > 0) demandKept('textCleared', kind, given);
  if (!isSystem && kept.namesNoPlace !== null) demandKept('namesNoPlace', kind, given);
  const isWritten = row === null || (prose.length > 0 ? isNewProse : isNewText);
  const isAuthor = isWritten || row.author === by;
  return {
    author: isWritten ? by : row.author,
    writtenBySystem: isWritten ? isSystem : row.writtenBySystem,
    textCleared: (isAuthor && given.textCleared === true) || kept.textCleared,
    namesNoPlace: isAuthor && given.namesNoPlace === true ? protection : kept.namesNoPlace,
  };
}

function demandKept(mark: keyof GivenMarks, { category }: RecordKind, given: GivenMarks): void {
  if (given[mark] !== false) return;
  const mutation = `${prefixOf(category.split('.')[0] ?? '')}ClearText`;
  const expected = `${mark} must be true for a text that is marked and stays as it is. Send true, or take the mark away with ${mutation} first.`;
  throw new HubError('BAD_USER_INPUT', expected, { field: `input.${mark}` });
}

function changes(row: RecordRow, texts: readonly string[], fields: object): boolean {
  const given = texts.filter((name) => name in fields).map((name) => [name, Reflect.get(fields, name)]);
  return !hasFields(row, Object.fromEntries(given));
}

/** An input's field `textCleared`: required where the kind has prose, so that nobody forgets that it asks for a mark. */
export function TextCleared({ freeText = [] }: RecordKind): (target: object, property: string) => void {
  const isRequired = freeText.length > 0;
  return Field(() => Boolean, {
    ...(isRequired ? {} : { defaultValue: false }),
    description: isRequired
      ? 'True if the prose (fritext) is cleared of other persons: you have read it for them. With false it does not leave your agency until its author marks it. A marked text that you leave as it is needs true. False from a system.'
      : 'False: the record has no prose.',
  });
}

/** An input's field `namesNoPlace`, where the kind has prose or names. */
export function NamesNoPlace(kind: RecordKind): (target: object, property: string) => void {
  return (target, property) => {
    if (textsOf(kind).length === 0) return;
    IsOptional()(target, property);
    Field(() => Boolean, {
      nullable: true,
      description:
        'True if the texts and names in it name no place (namnger ingen plats): nobody can tell from them where the youth is. Other agencies read them of a youth with protected identity only with this mark, given after the protection was recorded. Not from a system.',
    })(target, property);
  };
}
