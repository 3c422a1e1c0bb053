import { birthDate, CASE_ACTS, caseActs, leadOf, seat, type Telling } from './case-acts.ts';
import { Chronicle, pick } from './chronicle.ts';
import { CONSENT_ACTS, consentActs } from './consent-acts.ts';
import { boundariesOf, type Fact, type Policy } from './world.ts';

/** How far the clock goes before the next move: by milliseconds, or to a boundary ahead, exactly or 1 ms beside it. */
export type Step = { readonly by: number } | { readonly boundary: number; readonly shift: number };

/** What can happen, and how often it does beside the others. */
export const ACTS = { ...CASE_ACTS, ...CONSENT_ACTS } as const;
export type Act = keyof typeof ACTS;

const TELLINGS: Readonly<Record<Act, Telling>> = { ...caseActs, ...consentActs };

/** One thing that happens; the numbers choose among what there is then. */
export interface Move {
  readonly step: Step;
  readonly act: Act;
  readonly a: number;
  readonly b: number;
  readonly c: number;
}

/** How a story begins: the year, the youths by age, how many have custody of each, the groups. */
export interface Beginning {
  readonly year: number;
  readonly births: readonly number[];
  readonly guardians: number;
  readonly groups: readonly {
    readonly youth: number;
    readonly lead: number;
    readonly open: boolean;
    readonly policy: Policy;
  }[];
}

/** The facts of a story, and how many of them are its beginning. */
export interface Told {
  readonly youths: readonly string[];
  readonly facts: readonly Fact[];
  readonly begun: number;
}

/** Tells a story; nothing happens by a move when there is nothing it could happen to. */
export function tell(beginning: Beginning, moves: readonly Move[]): Told {
  const story = begin(beginning);
  const begun = story.facts.length;
  for (const { step, act, a, b, c } of moves) {
    story.now = Math.max(story.now + 1, target(story, step));
    TELLINGS[act](story, a, b, c);
  }
  return { youths: story.youths, facts: story.facts, begun };
}

function begin({ year, births, guardians, groups }: Beginning): Chronicle {
  const story = new Chronicle(
    year,
    births.map((_, index) => `y${index}`),
  );
  births.forEach((birth, index) => {
    const youth = `y${index}`;
    story.record({ is: 'BORN', youth, born: birthDate(story, birth) });
    for (let n = 0; n < guardians; n += 1) {
      story.record({ is: 'CUSTODY', youth, guardian: `k${n}`, from: story.now, until: null });
    }
  });
  groups.forEach(({ youth, lead, open, policy }, index) => {
    const begun = { group: `g${index}`, lead: leadOf(lead) };
    story.record({ is: 'GROUP', ...begun, youth: pick(story.youths, youth), policy });
    seat(story, begun, begun.lead, 0, 0);
    seat(story, begun, 'school:north', 1, 0);
    seat(story, begun, 'police:national', 4, 0);
    if (open) story.record({ is: 'OPENED', group: begun.group });
  });
  return story;
}

function target({ now, facts }: Chronicle, step: Step): number {
  if ('by' in step) return now + step.by;
  const ahead = facts.flatMap(boundariesOf).filter((instant) => instant > now);
  if (ahead.length === 0) return now;
  return (
    pick(
      ahead.toSorted((a, b) => a - b),
      step.boundary,
    ) + step.shift
  );
}
