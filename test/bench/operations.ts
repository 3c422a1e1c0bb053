import { readFileSync } from 'node:fs';
import { parse, print, visit } from 'graphql';
import { youthId } from './world/youths.ts';

/** Youths that the clients ask about in turn. */
export const ROTATING = 64;

/** The published operation of that name. */
export const FULL_VIEW = readFileSync(new URL('../../schema/operations/full-view.graphql', import.meta.url), 'utf8');

/** Fields of FULL_VIEW that the bench world's consents grant to nobody. */
const NOT_GRANTED = ['policeReports', 'studentHealth', 'schoolReports', 'leisureReports'];

/** FULL_VIEW without these: its answer has no errors, so that one without a guard can give the same. */
export const GRANTED_VIEW = print(
  visit(parse(FULL_VIEW), { Field: ({ name }) => (NOT_GRANTED.includes(name.value) ? null : undefined) }),
);

/** What all four sectors know about one youth. */
export function fullViews(count = ROTATING): string[] {
  return Array.from({ length: count }, (_, index) =>
    JSON.stringify({ query: FULL_VIEW, variables: { youthId: youthId(index) } }),
  );
}

/** One record type of each of four sectors about 50 youths of the caller's groups. */
export const LIST = `query List($after: String) {
  youths(first: 50, after: $after) {
    edges {
      node {
        id
        interventions { agency type provider from to }
        suspicions { agency date offenceGroup status }
        attendance { agency from to minutesPlanned minutesInvalidAbsence }
        fieldNotes { agency date note }
      }
    }
  }
}`;

/**
 * These bodies dealt out to so many clients, no body to two of them: as people at work each ask about their own youths. A
 * gateway that joins equal requests in flight would otherwise send its subgraphs a part of what it was asked.
 */
export function dealt(bodies: readonly string[], clients: number): string[][] {
  if (bodies.length < clients) throw new RangeError(`Every client needs a body; ${bodies.length} are for ${clients}.`);
  return Array.from({ length: clients }, (_, client) => bodies.filter((_, index) => index % clients === client));
}

/** LIST of a different 50 each time. */
export function lists(afters: readonly (string | null)[]): string[] {
  return afters.map((after) => JSON.stringify({ query: LIST, variables: { after } }));
}
