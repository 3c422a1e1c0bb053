import { existsSync } from 'node:fs';
import { test } from '@jest/globals';
import { type Browser, chromium } from 'playwright-core';

/** The Chromium that prints and shows pages in tests. */
const CHROMIUM = process.env.SAMSYN_CHROMIUM ?? '/usr/bin/chromium';

const isThere = existsSync(CHROMIUM);

/** A test in a browser; where there is no Chromium it is reported as skipped. SAMSYN_CHROMIUM names another than /usr/bin/chromium. */
export const inBrowser: typeof test | typeof test.skip = isThere ? test : test.skip;

/** What such tests are called, so that a report says why they were skipped. */
export const IN_CHROMIUM: string = isThere ? 'in Chromium' : 'in Chromium (skipped: there is none at SAMSYN_CHROMIUM)';

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--no-first-run',
  '--disable-component-update',
  '--disable-sync',
];

/** Starts Chromium; null where there is none. The caller closes it. */
export async function openBrowser(): Promise<Browser | null> {
  return isThere ? chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS }) : null;
}

/** How many pages a PDF of Chromium's has, and how large they are, in millimetres. */
export function pagesOf(pdf: Buffer): { readonly count: number; readonly sizes: readonly string[] } {
  const text = pdf.toString('latin1');
  const boxes = [...text.matchAll(/\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/g)];
  const size = (points: string | undefined) => Math.round((Number(points) / 72) * 25.4);
  return {
    count: [...text.matchAll(/\/Type \/Page\b/g)].length,
    sizes: [...new Set(boxes.map(([, width, height]) => `${size(width)} x ${size(height)}`))],
  };
}
