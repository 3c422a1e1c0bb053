import { readFileSync } from 'node:fs';
import { AGENCIES, type History, KINDS, type Look, lookedAtEverywhere, YOUTH_SIGNS } from './histories.ts';

/** What happened, who asks, and in which sectors. */
type Kept = Pick<History, 'youths' | 'callers'> & Pick<History['world'], 'facts'> & Pick<Look, 'sectors'>;

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Former counterexamples and cases of the rule's finer points, each by what it shows, looked at in every boundary instant. */
export function corpus(): [string, History][] {
  const read = JSON.parse(readFileSync(new URL('./corpus.json', import.meta.url), 'utf8'), (_, value: unknown) =>
    typeof value === 'string' && TIME.test(value) ? Date.parse(value) : value,
  ) as Record<string, Kept>;
  return Object.entries(read).map(([name, { youths, callers, facts, sectors }]) => {
    const world = { agencies: AGENCIES, youthSigns: YOUTH_SIGNS, facts };
    return [name, lookedAtEverywhere({ world, youths, callers, looks: [] }, () => sectors)];
  });
}

/** A history as the corpus keeps it: what happened and who asks, not what it was made from. */
export function asKept({ world, youths, callers }: History): string {
  return JSON.stringify({ sectors: Object.keys(KINDS), youths, callers, facts: world.facts }, (_, value: unknown) =>
    typeof value === 'number' && value > 1e11 ? new Date(value).toISOString() : value,
  );
}
