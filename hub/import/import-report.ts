import type { EntryFinding, Importer } from '../../chassis/importer.ts';
import type { ImportReport } from './import-batches.ts';

const count = (number: number): string => number.toLocaleString('en-GB');

/** The report for people: counts per outcome, then every rejected entry, left-out part and remark with its reason. */
export function reportText(report: ImportReport, importer: Importer, title: string): string {
  const { entries, outcomes } = importer;
  const rows: [string, number][] = [
    [`${entries} read`, report.read],
    ...Object.entries(outcomes).map(([name, words]): [string, number] => [words, report.counts[name] ?? 0]),
    [`${entries} rejected`, report.rejected.length],
    [`parts of ${entries} left out`, report.parts.length],
  ];
  const width = Math.max(...rows.map(([words]) => words.length));
  return [
    title,
    ...rows.map(([words, number]) => `  ${words.padEnd(width)}  ${count(number).padStart(9)}`),
    ...listed('Rejected, nothing stored:', report.rejected, entries),
    ...listed('Left out, the rest of the entry is imported:', report.parts, entries),
    ...listed('Please check:', report.remarks, entries),
    ...importer.advice(report.counts),
  ].join('\n');
}

function listed(heading: string, findings: readonly EntryFinding[], entries: string): string[] {
  if (findings.length === 0) return [];
  return [
    heading,
    ...findings.map(({ index, id, path, reason }) => {
      const where = id === null ? `${entries}[${index}]` : `${entries}[${index}] (id ${id})`;
      return `  ${where}: ${path === '' ? '' : `${path} `}${reason}`;
    }),
  ];
}
