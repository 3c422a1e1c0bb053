import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Result, readResults } from './result.ts';
import { type Figure, rounded } from './rounds.ts';

const RESULTS = fileURLToPath(new URL('./RESULTS.md', import.meta.url));
const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const BEGIN = '<!-- headlines: written by npm run bench -->';
const END = '<!-- headlines end -->';

/** The goals that the README shows, each with the result that has it and the words that it is shown by. */
const HEADLINES: readonly { readonly result: string; readonly goal: string; readonly shown: string }[] = [
  { result: 'gateway', goal: 'to @apollo/gateway, one youth', shown: 'Throughput of the engine, to `@apollo/gateway`' },
  {
    result: 'hub',
    goal: 'throughput at saturation, one',
    shown: 'Throughput with guard and log, to the same hub without',
  },
  { result: 'shield', goal: 'throughput at saturation', shown: 'Throughput, to `@apollo/gateway` with graphql-shield' },
  {
    result: 'growth',
    goal: 'p50 of authorize, 1,000,000 youths to 1,000',
    shown: 'Time of a decision, 1,000,000 youths to 1,000',
  },
  {
    result: 'log-1e7',
    goal: 'p95 of each of 48 questions',
    shown: 'Auditors’ questions over ten million entries within 100 ms',
  },
  { result: 'audit', goal: '1,000,000 entries, in full', shown: 'Verifying an export of a million entries' },
];

/** Writes the charts of all results beside them, their tables into RESULTS.md, and the headlines into the README. */
export function report(): void {
  const results = readResults();
  for (const result of results) {
    writeFileSync(fileURLToPath(new URL(`./results/${result.name}.svg`, import.meta.url)), chartOf(result));
  }
  writeFileSync(RESULTS, resultsPage(results));
  writeFileSync(README, withHeadlines(readFileSync(README, 'utf8'), results));
}

/** RESULTS.md: everything that was measured, a table for each result. */
export function resultsPage(results: readonly Result[]): string {
  const head = `# Results

Written by \`npm run bench\`: do not edit. [The developers’ guide](../../docs/developers.md#measure) has the benchmarks’ names. A goal that was
missed is shown as such.`;
  return `${head}\n\n${results.map(sectionOf).join('\n')}`;
}

/** The README with the headlines of the results between its markers. */
export function withHeadlines(readme: string, results: readonly Result[]): string {
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`The README needs the lines "${BEGIN}" and "${END}".`);
  const rows = HEADLINES.map(({ result, goal, shown }) => {
    const found = results.find(({ name }) => name === result)?.goals.find(({ what }) => what === goal);
    if (found === undefined) throw new Error(`No result ${result} has the goal "${goal}".`);
    return `| ${shown} | ${found.measured} | ${found.goal} | ${found.met ? 'met' : '**missed**'} |`;
  });
  const table = ['| | measured | wanted | |', '|---|--:|--:|---|', ...rows].join('\n');
  return `${readme.slice(0, begin)}${BEGIN}\n\n${table}\n\n${readme.slice(end)}`;
}

function sectionOf({ name, title, about, machine, rounds, rows, goals }: Result): string {
  const values = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const lines = [
    `## ${title}`,
    '',
    `${about}${rounds === undefined ? '' : ` Medians of ${rounds} rounds, least and most in brackets.`} ${machine}.`,
    '',
    `![${title}](results/${name}.svg)`,
    '',
    `| | ${values.join(' | ')} |`,
    `|---|${values.map(() => '--:|').join('')}`,
    ...rows.map((row) => `| ${row.name} | ${values.map((value) => cellOf(row.figures[value])).join(' | ')} |`),
    '',
  ];
  if (goals.length === 0) return lines.join('\n');
  return [
    ...lines,
    '| goal | wanted | measured | |',
    '|---|--:|--:|---|',
    ...goals.map(
      ({ what, goal, measured, met }) => `| ${what} | ${goal} | ${measured} | ${met ? 'met' : '**missed**'} |`,
    ),
    '',
  ].join('\n');
}

function cellOf(figure: Figure | undefined): string {
  if (figure === undefined) return '';
  const { median, least, most } = figure;
  return least === most ? rounded(median) : `${rounded(median)} (${rounded(least)}–${rounded(most)})`;
}

const ROW = 26;
const WIDTH = 900;
/** The widest that a letter of a name is on average. */
const LETTER = 7;
const TOP = 48;
/** Room at the right for the number that stands behind a bar. */
const NUMBER = 90;

/** In light and in dark, by what the reader's page is. */
const STYLE = `<style>
    text { font: 13px system-ui, sans-serif; fill: #1f2328 }
    .title { font-size: 15px; font-weight: 600 }
    .ours { fill: #1f6f9f } .other { fill: #aab4bd } .spread { stroke: #1f2328; stroke-width: 1.5 } .ground { fill: #ffffff }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6edf3 }
      .ours { fill: #4aa3d8 } .other { fill: #59636e } .spread { stroke: #e6edf3 } .ground { fill: #0d1117 }
    }
  </style>`;

/** Bars of one value, each with a line from the least to the most of its rounds. */
function chartOf({ title, chart, rows }: Result): string {
  const { leavesOut } = chart;
  const shown = rows.flatMap(({ name, figures }) => {
    const figure = figures[chart.value];
    const isLeftOut = leavesOut !== undefined && name.startsWith(leavesOut);
    return figure === undefined || isLeftOut ? [] : [{ name, ...figure }];
  });
  const left = 26 + LETTER * Math.max(...shown.map(({ name }) => name.length));
  const most = Math.max(...shown.map((row) => row.most));
  const x = (value: number) => (left + ((WIDTH - left - NUMBER) * value) / most).toFixed(1);
  const isOurs = (name: string) => name.startsWith('Samsyn') || !shown.some((row) => row.name.startsWith('Samsyn'));
  const bars = shown.map(({ name, median, least, most: high }, index) => {
    const y = TOP + index * ROW;
    return `
  <text x="${left - 10}" y="${y + 14}" text-anchor="end">${escaped(name)}</text>
  <rect class="${isOurs(name) ? 'ours' : 'other'}" x="${left}" y="${y + 1}" width="${(Number(x(median)) - left).toFixed(1)}" height="18" rx="2"/>
  <path class="spread" d="M${x(least)} ${y + 10}H${x(high)}M${x(least)} ${y + 6}v8M${x(high)} ${y + 6}v8"/>
  <text x="${Number(x(high)) + 8}" y="${y + 14}">${rounded(median)}</text>`;
  });
  const height = TOP + shown.length * ROW + 10;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="${escaped(title)}">
  ${STYLE}
  <rect class="ground" width="100%" height="100%" rx="6"/>
  <text class="title" x="16" y="28">${escaped(title)}: ${escaped(chart.value)}, ${escaped(chart.unit)}</text>${bars.join('')}
</svg>
`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
