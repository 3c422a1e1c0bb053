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
    `${about} Medians of ${rounds} rounds, least and most in brackets. ${machine}.`,
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
const LEFT = 300;
const WIDTH = 820;

/** Bars of one value, with a whisker from the least to the most. */
function chartOf({ title, chart, rows }: Result): string {
  const shown = rows.flatMap(({ name, figures }) => {
    const figure = figures[chart.value];
    return figure === undefined ? [] : [{ name, ...figure }];
  });
  const most = Math.max(...shown.map((row) => row.most));
  const scale = (value: number) => ((WIDTH - LEFT - 90) * value) / most;
  const bars = shown.map(({ name, median, least, most: high }, index) => {
    const y = 44 + index * ROW;
    const end = LEFT + scale(median);
    return [
      `<text x="${LEFT - 8}" y="${y + 14}" text-anchor="end">${escaped(name)}</text>`,
      `<rect x="${LEFT}" y="${y + 2}" width="${scale(median).toFixed(1)}" height="16" fill="${name.startsWith('Samsyn') ? '#2a6f97' : '#a9b4bd'}"/>`,
      `<path d="M${(LEFT + scale(least)).toFixed(1)} ${y + 10}H${(LEFT + scale(high)).toFixed(1)}" stroke="#222" stroke-width="1"/>`,
      `<text x="${(Math.max(end, LEFT + scale(high)) + 6).toFixed(1)}" y="${y + 14}">${rounded(median)}</text>`,
    ].join('');
  });
  const height = 56 + shown.length * ROW;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="#fff"/><text x="12" y="24" font-size="15">${escaped(title)}: ${escaped(chart.value)}, ${escaped(chart.unit)}</text>${bars.join('')}</svg>\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
