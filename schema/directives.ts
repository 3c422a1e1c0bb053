/**
 * The labels. Every field of every subgraph carries one, on itself or on its type, and all labels on a path must permit.
 * They are composed into the supergraph, where everyone can read them.
 */
export const LABEL_DIRECTIVES = /* GraphQL */ `
"""
Information about a youth. You read your own agency’s information if you work with the youth, and another agency’s if the youth’s
consent grants it to your agency. Otherwise the field is null, with one error CONSENT_REQUIRED.
"""
directive @consent(
  "The kind of information, as <sector>.<kind>."
  category: String!
  "True if the field shows where the youth is. Other agencies cannot read it while the youth has protected identity."
  whereabouts: Boolean = false
) on FIELD_DEFINITION | OBJECT

"""
The hub’s own matters, readable by role or by relation to the group. Otherwise the field is null, with one error FORBIDDEN,
whether or not the thing exists.
"""
directive @restricted(
  "The roles that may read it, any of them."
  roles: [Role!]
  "The relation to the group that the reader must have."
  relation: Relation
) on FIELD_DEFINITION | OBJECT

"Free of personal data, for the reason given."
directive @open(
  "The reason why it holds no personal data."
  reason: String!
) on FIELD_DEFINITION | OBJECT

"""
Prose (fritext): a person writes sentences here. Other agencies read it only once its author has marked it as cleared of other
persons and, while the youth has protected identity, as naming no place.
"""
directive @prose on FIELD_DEFINITION

"""
The name of a place, a unit, a programme or a member of staff (namn på plats, enhet eller personal). While the youth has protected
identity, other agencies read it only once somebody of its agency has marked it as naming no place.
"""
directive @place on FIELD_DEFINITION

"A text about a youth that is neither prose nor the name of a place, for the reason given. It is no label and permits nothing."
directive @words(
  "The reason why nobody can write a person or a place into it."
  reason: String!
) on FIELD_DEFINITION

"A mutation that can end a permission. It answers once nothing decided under the old permission can still be released."
directive @fenced on FIELD_DEFINITION

"A mutation that is not @fenced, because it can end no permission. The reason is for the composer and does not reach clients."
directive @unfenced(
  "The reason why it can turn no permit into a denial."
  reason: String!
) on FIELD_DEFINITION

"A category of information that a sector declares, on its type Youth."
directive @category(
  "The code, as <sector>.<kind>."
  code: ID!
  "The name in Swedish."
  nameSv: String!
  "The name in English."
  nameEn: String!
  "The secrecy provision that covers it, for example OSL 26 kap. 1 §."
  secrecy: String!
  "The time for which the owner keeps it, as an ISO 8601 duration."
  retention: String!
  "The date of a record to which a grant’s data period applies. If absent, a data period does not apply."
  date: String
  "True if the youth must sign, whatever the age."
  youthSigns: Boolean! = false
  "True if a consent can grant it at all."
  grantable: Boolean! = true
) repeatable on OBJECT
`;

/** Names of the directives that must reach the supergraph from every subgraph. `@unfenced` stays in the subgraphs. */
export const COMPOSED_DIRECTIVES = [
  '@consent',
  '@restricted',
  '@open',
  '@prose',
  '@place',
  '@words',
  '@fenced',
  '@category',
] as const;

/** The specification URL under which the labels are linked, as federation's @composeDirective demands. */
export const LABELS_SPEC = 'https://samsyn.example/labels/v1.0';

/** A category as its sector declares it (docs/design.md, section 2). */
export interface Category {
  /** `<sector>.<kind>` */
  readonly code: string;
  readonly nameSv: string;
  readonly nameEn: string;
  /** The secrecy provision, for example `OSL 26 kap. 1 §`. */
  readonly secrecy: string;
  /** ISO 8601 duration. */
  readonly retention: string;
  /** The GraphQL field with the record's date that a data period applies to; absent if none applies. A span is `from..to`. */
  readonly date?: string;
  readonly youthSigns?: boolean;
  readonly grantable?: boolean;
}
