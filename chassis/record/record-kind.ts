import type { EntityManager } from '@mikro-orm/postgresql';
import type { Role } from '../../schema/caller.ts';
import type { ClassOf, ClassReference } from '../names.ts';
import type { RecordRow } from './record.ts';

/** The dates of a record that a grant's data period applies to: one date, or a span. */
export type Period = { readonly date: string } | { readonly from: string; readonly to: string };

/** A fault of an input: which of its fields, and what was expected of it. */
export interface InputFault {
  readonly field: string;
  readonly message: string;
}

/** A mutation that makes a record of a kind. */
export interface Making {
  /** As `recordSuspicion`; its input is then `RecordSuspicionInput`. */
  readonly mutation: string;
  /** What it does, as a sentence. */
  readonly does: string;
  /** The same in Swedish, as the first sentence of the mutation's description. */
  readonly doesSv: string;
  /** The input fields that staff and systems fill in; names as in the row. */
  readonly input: ClassOf<object>;
  /** It may complete a record that another mutation began. */
  readonly completes?: {
    /** The input field that names the record. */
    readonly field: string;
    /** What the field should name, as `a meeting of this youth`. */
    readonly expected: string;
    /** Is there still something to complete? */
    isOpen(row: RecordRow): boolean;
  };
}

/** One kind of record of a sector: how it is stored, shown, written and guarded. The chassis makes everything else from it. */
export interface RecordKind {
  /** The GraphQL type's name, as `Suspicion`; the mutations are `recordSuspicion`, `correctSuspicion`, `withdrawSuspicion`. */
  readonly name: string;
  /** `<sector>.<kind>` */
  readonly category: string;
  /** What the record is, for the descriptions of the mutations, as `a new suspicion of crime (ny brottsmisstanke)`. */
  readonly what: string;
  /** The same in Swedish, as `en ny brottsmisstanke`. */
  readonly whatSv: string;
  /** The GraphQL type; its fields have the names of the row's properties. */
  readonly type: ClassReference;
  readonly row: ClassOf<RecordRow>;
  /** The input fields that staff and systems fill in; names as in the row. */
  readonly input: ClassOf<object>;
  /** The field on Youth that yields the records; absent when another record's field does. */
  readonly youthField?: { readonly name: string; readonly description: string; readonly single?: boolean };
  /** Absent when a data period does not apply to the category. */
  readonly period?: Period;
  /** The date that orders the records, latest first; absent: that of the period, else when they were recorded. */
  readonly latestBy?: string;
  /** Properties that hold free text: they cross only when the author marked the text as cleared (C10). */
  readonly freeText?: readonly string[];
  /** The mutations that make a record; absent: `record…` with `input`. */
  readonly makings?: readonly Making[];
  /** The roles that write it; absent: every role of an agency that writes. */
  readonly writers?: readonly Role[];
  /**
   * SQL of fields that are not stored but follow from what is, by name; over the row `r` and the permit `p`. Nothing of
   * another label may go into them: who may read the field learns what went into it.
   */
  readonly derived?: Readonly<Record<string, string>>;
  /** Faults of an input that its fields alone do not show; none when it is right. */
  faults?(fields: object): InputFault[];
  /** Faults that only the agency's other records about the same youth show, which hang on the same link. */
  faultsBeside?(fields: object, linkId: string, em: EntityManager): Promise<InputFault[]>;
}
