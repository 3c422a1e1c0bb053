/**
 * The labels. Every field of every subgraph carries one, on itself or its type, and all labels on a path must permit.
 * They are composed into the supergraph so that everyone can read them there.
 */
export const LABEL_DIRECTIVES = /* GraphQL */ `
"""
Information about a youth. Readable only where rule C3 (own data) or C4 (crossing a line under the youth's consent) permits;
else null and one error CONSENT_REQUIRED.
"""
directive @consent(
  "The kind of information, as <sector>.<kind>."
  category: String!
  "Does the field tell where the youth can be found? Then it does not cross while the youth has protected identity (C16)."
  whereabouts: Boolean = false
) on FIELD_DEFINITION | OBJECT

"""
The hub's own matters: readable by the named roles, or by relation to the group; else null and one error FORBIDDEN, the same
whether or not the thing exists.
"""
directive @restricted(roles: [Role!], relation: Relation) on FIELD_DEFINITION | OBJECT

"Free of personal data, for the reason given."
directive @open(reason: String!) on FIELD_DEFINITION | OBJECT

"A mutation that can end a permission: it answers only when nothing decided under the old permission can still be released (C14)."
directive @fenced on FIELD_DEFINITION

"A mutation that is not @fenced, because it can end no permission. The reason is for the composer: it does not reach clients."
directive @unfenced(
  "Why it can turn no permit into a denial."
  reason: String!
) on FIELD_DEFINITION

"A category of information that a sector declares, on its type Youth."
directive @category(
  "As <sector>.<kind>."
  code: ID!
  nameSv: String!
  nameEn: String!
  "The secrecy provision that covers it, as OSL 26 kap. 1 §."
  secrecy: String!
  "How long the owner keeps it, as an ISO 8601 duration."
  retention: String!
  "The one date of a record that a grant's data period applies to; absent: a data period does not apply."
  date: String
  "Must the youth sign, whatever the age (C5)?"
  youthSigns: Boolean! = false
  "Can it be granted at all (C10)?"
  grantable: Boolean! = true
) repeatable on OBJECT
`;

/** Names of the directives that must reach the supergraph from every subgraph. `@unfenced` stays in the subgraphs. */
export const COMPOSED_DIRECTIVES = ['@consent', '@restricted', '@open', '@fenced', '@category'] as const;

/** The specification URL under which the labels are linked, as federation's @composeDirective demands. */
export const LABELS_SPEC = 'https://samsyn.example/labels/v1.0';

/** A category as its sector declares it (DESIGN section 2). */
export interface Category {
  /** `<sector>.<kind>` */
  readonly code: string;
  readonly nameSv: string;
  readonly nameEn: string;
  /** The secrecy provision, as `OSL 26 kap. 1 §`. */
  readonly secrecy: string;
  /** ISO 8601 duration. */
  readonly retention: string;
  /** The record's date, as a GraphQL field name, that a data period applies to; absent when none does. A span is `from..to`. */
  readonly date?: string;
  readonly youthSigns?: boolean;
  readonly grantable?: boolean;
}
