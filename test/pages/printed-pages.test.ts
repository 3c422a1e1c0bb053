import { afterAll, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import type { Browser } from 'playwright-core';
import type { Extract } from '../../gateway/pages/access-report/answer.ts';
import type { FormConsent } from '../../gateway/pages/consent-form/answer.ts';
import { IN_CHROMIUM, inBrowser, openBrowser, pagesOf } from '../setup/browser.ts';
import { FORM, GUARDIAN, grant, YOUTH } from './example-form.ts';
import { BEARER, ExampleGateway } from './example-gateway.ts';
import { EXTRACT, REPORT, ROW } from './example-report.ts';

let form: ExampleGateway<FormConsent>;
let report: ExampleGateway<Extract>;
let browser: Browser | null;
beforeAll(async () => {
  [form, report] = await Promise.all([ExampleGateway.start(FORM), ExampleGateway.start(REPORT)]);
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await Promise.all([form.stop(), report.stop()]);
});
beforeEach(() => {
  form.answer();
  report.answer();
});

/** Text that would do something if a page took it for anything but text. */
const HOSTILE = `</p></section><script>document.title='ran'</script><img src=x onerror="document.title='ran'">" onload='document.title="ran"' {{7*7}} <style>*{display:none}</style> &lt;b&gt;`;

/** A page as Chromium has it: what it shows, and printed. */
async function shown(url: string) {
  if (browser === null) throw new Error('There is no browser here.');
  const context = await browser.newContext({ extraHTTPHeaders: BEARER });
  try {
    const page = await context.newPage();
    const violations: string[] = [];
    page.on('console', (message) => violations.push(message.text()));
    await page.goto(url);
    const [title, sheets, pdf] = [
      await page.title(),
      await page.locator('.sheet').allInnerTexts(),
      await page.pdf({ preferCSSPageSize: true }),
    ];
    return { title, sheets, printed: pagesOf(pdf), violations };
  } finally {
    await context.close();
  }
}

describe(`the consent form ${IN_CHROMIUM}`, () => {
  inBrowser.each(['?language=sv', '?language=en'])('prints one page of A4 for each signer: %s', async (query) => {
    const { sheets, printed, violations } = await shown(form.url + query);
    expect([sheets.length, printed, violations]).toEqual([3, { count: 3, sizes: ['210 x 297'] }, []]);
  });

  inBrowser('prints one page for a child who signs and gives the own view', async () => {
    form.answer({ signers: [GUARDIAN, { ...YOUTH, givesOwnView: true }] });
    expect((await shown(form.url)).printed).toEqual({ count: 2, sizes: ['210 x 297'] });
  });

  inBrowser('prints one page each when four agencies share all they have with each other', async () => {
    const agencies = [
      'Skövde kommun, socialtjänsten',
      'Polismyndigheten',
      'Skövde kommun, grundskolan',
      'Kultur och fritid',
    ];
    const kinds = [
      'Ungdomens uppgifter',
      'Risk- och behovsbedömningar',
      'Åtgärdsplan med åtaganden, uppföljningar och möten',
      'Insatser',
      'Placeringar',
      'Elevhälsa',
      'Placeringens plats',
    ];
    form.answer({
      grants: agencies.flatMap((source) =>
        agencies
          .filter((each) => each !== source)
          .flatMap((recipient) => kinds.map((kind) => grant(source, recipient, kind, kind))),
      ),
    });
    expect((await shown(form.url)).printed).toEqual({ count: 3, sizes: ['210 x 297'] });
  });

  inBrowser('shows what somebody wrote as they wrote it, and runs nothing of it', async () => {
    form.answer({ purpose: HOSTILE, informationGiven: HOSTILE, paperReference: HOSTILE });
    const { title, sheets, violations } = await shown(form.url);
    expect([title, sheets.length, violations]).toEqual(['Samtycke till att dela uppgifter', 3, []]);
    for (const sheet of sheets) expect(sheet.split(HOSTILE)).toHaveLength(4);
  });
});

describe(`the extract for the youth ${IN_CHROMIUM}`, () => {
  inBrowser.each(['?language=sv', '?language=en'])(
    'prints each part on one page of A4 when it is short: %s',
    async (query) => {
      const { sheets, printed, violations } = await shown(report.url + query);
      expect([sheets.length, printed, violations]).toEqual([3, { count: 3, sizes: ['210 x 297'] }, []]);
    },
  );

  inBrowser('goes on over as many pages as it needs', async () => {
    const at = (minute: number) => new Date(Date.UTC(2026, 9, 24, 8, minute)).toISOString();
    report.answer({
      rows: Array.from({ length: 200 }, (_, minute) => ({ ...ROW, number: minute + 1, at: at(minute) })),
    });
    const { printed } = await shown(report.url);
    expect(printed.sizes).toEqual(['210 x 297']);
    expect(printed.count).toBeGreaterThan(5);
    expect(printed.count).toBeLessThan(15);
  });

  inBrowser('shows whatever stands in it as text, and runs nothing of it', async () => {
    const name = { name: HOSTILE };
    const row = {
      ...ROW,
      agency: name,
      source: name,
      role: HOSTILE,
      information: HOSTILE,
      basis: HOSTILE,
      shown: HOSTILE,
    };
    report.answer({
      rows: [row],
      summary: EXTRACT.summary
        .slice(0, 1)
        .map((kind) => ({ ...kind, agency: name, source: name, information: HOSTILE })),
      days: EXTRACT.days.slice(0, 1).map((day) => ({ ...day, agency: name, information: [HOSTILE] })),
      nextRows: HOSTILE,
      notes: [HOSTILE, HOSTILE],
      verification: HOSTILE,
      madeBy: name,
      checkpoint: { origin: HOSTILE, size: HOSTILE, root: HOSTILE },
    });
    const { title, sheets, violations } = await shown(report.url);
    expect([title, sheets.length, violations]).toEqual(['Vem har läst uppgifterna?', 3, []]);
    expect(sheets.map((sheet) => sheet.split(HOSTILE).length - 1)).toEqual([6, 3, 12]);
  });
});
