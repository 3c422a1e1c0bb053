import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Result, readResults } from './result.ts';
import { type Figure, rounded } from './rounds.ts';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));
const BEGIN = '<!-- benchmarks: written by npm run bench -->';
const END = '<!-- benchmarks end -->';

/** Puts the tables of all results into the README, between its markers, and their charts beside the results. */
export function report(): void {
  const results = readResults();
  for (const result of results) {
    writeFileSync(fileURLToPath(new URL(`./results/${result.name}.svg`, import.meta.url)), chartOf(result));
  }
  const text = readFileSync(README, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`The README needs the lines "${BEGIN}" and "${END}".`);
  const parts = results.map(sectionOf).join('\n');
  writeFileSync(README, `${text.slice(0, begin)}${BEGIN}\n\n${parts}\n${text.slice(end)}`);
}

function sectionOf({ name, title, about, machine, rounds, rows, goals }: Result): string {
  const values = [...new Set(rows.flatMap(({ figures }) => Object.keys(figures)))];
  const lines = [
    `### ${title}`,
    '',
    `${about}${rounds === undefined ? '' : ` Medians of ${rounds} rounds, least and most in brackets.`} ${machine}.`,
    '',
    `![${title}](test/bench/results/${name}.svg)`,
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
