import type { Answered } from './log-answers.ts';
import type { Sealed, Summed, Times } from './log-sealing.ts';
import type { Written } from './log-writing.ts';
import { type Goal, machine, type Result } from './result.ts';
import { figure, type Row } from './rounds.ts';

/** The goals: milliseconds in which 95 of 100 answers come, and entries a second. */
const GOAL_MS = 100;
const GOAL_SEALED = 15_000;
const GOAL_WRITTEN_AT_256 = 20_000;

/** All that was measured over a log. */
export interface LogMeasured {
  readonly entries: number;
  readonly filledMs: number;
  readonly bytes: Readonly<Record<string, number>>;
  readonly sealed: Sealed;
  readonly summed: Summed;
  readonly answered: readonly Answered[];
  readonly written: readonly Written[];
}

/** The result of what was measured; `name` is of its files. */
export function logResult(name: string, measured: LogMeasured): Result {
  const { entries, answered, sealed, summed, written } = measured;
  return {
    name,
    title: `The access log, ${entries.toLocaleString('en')} entries`,
    about:
      'A year of the access log, sealed, with its settled days summed. Auditors’ questions, each asked up to 20 times about a case, caller, agency or interval drawn at random; of the pages of entries and the reviews of one day those that took longest. What is “of the last day” is not settled yet, and counted row by row. Then how fast `authorize` writes, from four sectors at once, and how fast all was sealed. The questions one by one, with the indexes that they used, are in the JSON file.',
    machine: machine(),
    chart: { value: 'p95 ms', unit: 'milliseconds; less is better' },
    rows: [
      ...questionRows(answered),
      timesRow('inclusion proof', sealed.inclusionProofMs),
      timesRow('consistency proof', sealed.consistencyProofMs),
      ...written.map((each) => ({
        name: `authorize, ${each.inFlight} in flight`,
        figures: { ...timesRow('', each).figures, 'entries/s': figure([each.entriesPerSecond]) },
      })),
      {
        name: 'sealing',
        figures: {
          'entries/s': figure([sealed.sealedPerSecond]),
          'CPU s for a million': figure([sealed.sealingCpuSeconds]),
        },
      },
      { name: 'summing settled days', figures: { 'CPU s for a million': figure([summed.summingCpuSeconds]) } },
    ],
    goals: goalsOf(measured),
    details: measured,
  };
}

const timesRow = (name: string, { p50, p95 }: Times): Row => {
  return { name, figures: { 'p50 ms': figure([p50]), 'p95 ms': figure([p95]) } };
};

/** The pages of entries as one row, and the reviews of one day; summaries, longer reviews and samples each. */
function questionRows(answered: readonly Answered[]): Row[] {
  const groups = [...new Set(answered.map(groupOf))];
  return groups.map((group) => {
    const questions = answered.filter((each) => groupOf(each) === group);
    const slowest = questions.reduce((a, b) => (b.p95 > a.p95 ? b : a));
    return timesRow(questions.length > 1 ? `${group}, the slowest of ${questions.length}` : group, slowest);
  });
}

function groupOf({ question }: Answered): string {
  if (!/^(review|summary|sample)/.test(question)) return 'a page of entries';
  return /^review .*, 1 day$/.test(question) ? 'reviews of a day' : question;
}

function goalsOf({ answered, sealed, written }: LogMeasured): Goal[] {
  const slow = answered.filter(({ p95 }) => p95 > GOAL_MS);
  const rate = written.find(({ inFlight }) => inFlight === 256)?.entriesPerSecond ?? 0;
  return [
    {
      what: `p95 of each of ${answered.length} questions`,
      goal: `at most ${GOAL_MS} ms`,
      measured: slow.length === 0 ? 'all' : `${answered.length - slow.length} of ${answered.length}`,
      met: slow.length === 0,
    },
    {
      what: 'authorize, 256 in flight',
      goal: `at least ${GOAL_WRITTEN_AT_256.toLocaleString('en')} entries/s`,
      measured: rate.toLocaleString('en'),
      met: rate >= GOAL_WRITTEN_AT_256,
    },
    {
      what: 'sealing',
      goal: `at least ${GOAL_SEALED.toLocaleString('en')} entries/s`,
      measured: sealed.sealedPerSecond.toLocaleString('en'),
      met: sealed.sealedPerSecond >= GOAL_SEALED,
    },
  ];
}
