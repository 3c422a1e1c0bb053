import type { EntityManager } from '@mikro-orm/postgresql';
import type { Role } from '../../schema/caller.ts';
import type { ClassOf, ClassReference } from '../names.ts';
import type { RecordRow } from './record.ts';

/** The dates of a record that a grant's data period applies to: one date, or a span. */
export type Period = { readonly date: string } | { readonly from: string; readonly to: string };

/** A fault of an input: the field, and what was expected of it. */
export interface InputFault {
  readonly field: string;
  readonly message: string;
}

/** A mutation that makes a record of a kind. */
export interface Making {
  /** The name, for example `recordSuspicion`; its input is then `RecordSuspicionInput`. */
  readonly mutation: string;
  /** Its effect, as a sentence. */
  readonly does: string;
  /** The same in Swedish, as the first sentence of the mutation's description. */
  readonly doesSv: string;
  /** The input fields that staff and systems fill in; names as in the row. */
  readonly input: ClassOf<object>;
  /** Present if it may complete a record that another mutation began. */
  readonly completes?: {
    /** The input field that names the record. */
    readonly field: string;
    /** The expected value of the field, for example `a meeting of this youth`. */
    readonly expected: string;
    /** True if something remains to complete. */
    isOpen(row: RecordRow): boolean;
  };
}

/** The properties of a kind whose text can name a place: its prose, and its names. */
export function textsOf({ freeText = [], places = [] }: Pick<RecordKind, 'freeText' | 'places'>): readonly string[] {
  return [...freeText, ...places];
}

/** One kind of record of a sector: its storage, fields, mutations and guard. The chassis makes everything else from it. */
export interface RecordKind {
  /** The GraphQL type's name, as in `Suspicion`; the mutations are `recordSuspicion`, `correctSuspicion`, `withdrawSuspicion`. */
  readonly name: string;
  /** `<sector>.<kind>` */
  readonly category: string;
  /** The noun for the record in the mutations' descriptions, for example `a new suspicion of crime (ny brottsmisstanke)`. */
  readonly what: string;
  /** The same in Swedish, for example `en ny brottsmisstanke`. */
  readonly whatSv: string;
  /** The GraphQL type; its fields have the names of the row's properties. */
  readonly type: ClassReference;
  readonly row: ClassOf<RecordRow>;
  /** The input fields that staff and systems fill in; names as in the row. */
  readonly input: ClassOf<object>;
  /** The field on Youth that yields the records; absent if another record's field does. */
  readonly youthField?: { readonly name: string; readonly description: string; readonly single?: boolean };
  /** The dates that a data period applies to; absent if none applies to the category. */
  readonly period?: Period;
  /** The date that orders the records, latest first. If absent: the date of the period, else of recording. */
  readonly latestBy?: string;
  /** Properties that hold prose: they cross only if the author marked the text as cleared (C10). */
  readonly freeText?: readonly string[];
  /**
   * Properties that name a place, a unit, a programme or a member of staff, and are not labelled as whereabouts. Like prose they
   * cross, while the youth is protected, only with the mark that they name no place (C16).
   */
  readonly places?: readonly string[];
  /** The mutations that make a record; if absent, `record…` with `input`. */
  readonly makings?: readonly Making[];
  /** Fields that name an agency, which must hold a seat in a group of the youth that the record's agency leads. */
  readonly seated?: readonly string[];
  /** The roles that write it; if absent, every role that writes. */
  readonly writers?: readonly Role[];
  /**
   * SQL, by name, of fields that are derived from stored ones, over the row `r` and the permit `p`. They may use nothing under
   * another label: a reader of the field learns about everything that it is derived from.
   */
  readonly derived?: Readonly<Record<string, string>>;
  /** Faults of an input that its fields do not show one by one; none if it is right. */
  faults?(fields: object): InputFault[];
  /** Faults that show only beside the agency's other records about the same youth, which hang on the same link. */
  faultsBeside?(fields: object, linkId: string, em: EntityManager): Promise<InputFault[]>;
}
