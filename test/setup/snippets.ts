import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../process/root.ts';

/** A fenced block of a page: its place, its language, what its info string asks for, and its text. */
export interface Snippet {
  readonly page: string;
  readonly line: number;
  readonly language: string;
  /** `run`, `check`, or nothing. */
  readonly act: string;
  /** The words `name=value` of the info string. */
  readonly with: Readonly<Record<string, string>>;
  readonly text: string;
}

/** The pages for people at work, whose every block a test runs. The normative pages and records hold none to run. */
export const PAGES: readonly string[] = globSync(['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs/*.md'], {
  cwd: ROOT,
})
  .filter((page) => !['docs/design.md', 'docs/domain.md'].includes(page))
  .sort();

/** The fenced blocks of these pages, in order. */
export function snippets(pages: readonly string[] = PAGES): Snippet[] {
  return pages.flatMap((page) => blocksOf(page, readFileSync(join(ROOT, page), 'utf8')));
}

/** The fenced blocks of a page's text. */
export function blocksOf(page: string, text: string): Snippet[] {
  return [...text.matchAll(/^```([^\n]*)\n([\s\S]*?)^```$/gm)].map(({ index, 1: info = '', 2: body = '' }) => {
    const [language = '', act = '', ...words] = info.trim().split(/ +/);
    const pairs = words.map((word) => word.split('=', 2) as [string, string]);
    return {
      page,
      line: text.slice(0, index).split('\n').length,
      language,
      act,
      with: Object.fromEntries(pairs),
      text: body,
    };
  });
}

/** Where a snippet stands, for the name of a test. */
export function placeOf({ page, line }: Snippet): string {
  return `${page}:${line}`;
}
