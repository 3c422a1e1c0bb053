import { ComposeError, compose, type SubgraphSource } from '../../schema/compose/compose.ts';
import { federationHeader } from '../../schema/compose/federation-header.ts';
import { LABEL_DIRECTIVES } from '../../schema/directives.ts';

/** What every subgraph's SDL begins with. */
const CONTRACT = `${federationHeader()}
${LABEL_DIRECTIVES}
"What a person or system does in the hub."
enum Role { COORDINATOR MENTOR CASEWORKER SYSTEM MANAGER AUDITOR }
"How a caller stands to a group."
enum Relation { MEMBER }
`;

const REGISTRY = /* GraphQL */ `
type Query {
  "A bare reference."
  youth(id: ID!): Youth @shareable @open(reason: "Says back the id that was asked for.")
  "The groups in which the caller holds a seat."
  groups: [InterventionGroup!] @restricted(roles: [COORDINATOR])
}
type Mutation {
  "Ends a seat."
  endSeat(input: EndSeatInput!): EndSeatPayload @restricted(roles: [COORDINATOR]) @fenced
  "Proposes a group."
  proposeGroup(input: EndSeatInput!): ProposeGroupPayload
    @restricted(roles: [COORDINATOR])
    @unfenced(reason: "A proposed group gives nobody a permission, and takes none.")
}
"Which seat to end."
input EndSeatInput {
  "The seat's id."
  seatId: ID!
}
"What ended."
type EndSeatPayload {
  "The seat's id."
  seatId: ID! @open(reason: "The id that was sent.")
  "Where it stood."
  place: Place @open(reason: "No personal data.")
}
"What was proposed."
type ProposeGroupPayload {
  "The group's id."
  groupId: ID! @open(reason: "A random id.")
}
"Somewhere."
type Place @open(reason: "No personal data.") {
  "What it is called."
  name: String
}
"A group around one youth (insatsgrupp)."
type InterventionGroup @restricted(roles: [COORDINATOR], relation: MEMBER) {
  "Random."
  id: ID
  "The youth."
  youth: Youth
}
"A young person."
type Youth @key(fields: "id") {
  "Random."
  id: ID! @open(reason: "A random id.")
  "The groups around the youth."
  groups: [InterventionGroup!] @restricted(relation: MEMBER)
}
`;

const SCHOOL = /* GraphQL */ `
type Query {
  "A bare reference."
  youth(id: ID!): Youth @shareable @open(reason: "Says back the id that was asked for.")
}
type Mutation {
  "Records attendance."
  recordAttendance(input: RecordAttendanceInput!): RecordAttendancePayload @restricted(roles: [CASEWORKER, SYSTEM]) @fenced
}
"What to record."
input RecordAttendanceInput {
  "About whom."
  youthId: ID!
}
"What was recorded."
type RecordAttendancePayload {
  "The record's id."
  id: ID! @open(reason: "A random id.")
}
"A young person."
type Youth
  @key(fields: "id")
  @category(
    code: "school.attendance"
    nameSv: "Närvaro"
    nameEn: "Attendance"
    secrecy: "OSL 23 kap. 2 §"
    retention: "P2Y"
    date: "from..to"
    youthSigns: true
    grantable: false
  )
  @category(
    code: "school.enrolment"
    nameSv: "Skolplacering"
    nameEn: "Enrolment"
    secrecy: "OSL 23 kap. 5 §"
    retention: "P5Y"
  ) {
  "Random."
  id: ID! @open(reason: "A random id.")
  "Minutes per period (närvaro)."
  attendance: [Attendance!] @consent(category: "school.attendance")
  "Where the youth goes to school (skolplacering)."
  enrolments: [Enrolment!] @consent(category: "school.enrolment")
}
"A recorded thing."
interface Recorded {
  "Random."
  id: ID
}
"One period."
type Attendance implements Recorded @consent(category: "school.attendance") {
  "Random."
  id: ID
  "First day."
  from: String @words(reason: "A day.")
  "Day after the last."
  to: String @words(reason: "A day.")
}
"One placement in a school."
type Enrolment implements Recorded @consent(category: "school.enrolment") {
  "Random."
  id: ID
  "The school unit (skolenhet)."
  schoolUnit: String @consent(category: "school.enrolment", whereabouts: true)
}
`;

/** Two subgraphs as the chassis makes them, without a fault. */
export const GOOD_SCHEMAS = [
  { name: 'registry', sdl: CONTRACT + REGISTRY },
  { name: 'school', sdl: CONTRACT + SCHOOL },
] as const satisfies readonly SubgraphSource[];

/** The good schemas with the first `from` in one subgraph's SDL replaced. Throws when it is not there. */
export function spoilt(name: 'registry' | 'school', from: string, to: string): SubgraphSource[] {
  return GOOD_SCHEMAS.map((source) => {
    if (source.name !== name) return source;
    if (!source.sdl.includes(from)) throw new TypeError(`Expected the SDL of ${name} to hold: ${from}`);
    return { name, sdl: source.sdl.replace(from, () => to) };
  });
}

/** The faults that composing names, each as `subgraph coordinate [rule]`. */
export function faultsOf(subgraphs: readonly SubgraphSource[]): string[] {
  try {
    compose(subgraphs);
    return [];
  } catch (error) {
    if (!(error instanceof ComposeError)) throw error;
    return error.faults.map(({ rule, subgraph, coordinate }) => `${subgraph ?? 'supergraph'} ${coordinate} [${rule}]`);
  }
}
