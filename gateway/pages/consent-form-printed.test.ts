import { afterAll, beforeAll, beforeEach, describe, expect } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { IN_CHROMIUM, inBrowser, openBrowser, pagesOf } from '../../test/setup/browser.ts';
import { GUARDIAN, grant, YOUTH } from './example-form.ts';
import { BEARER, ExampleGateway } from './example-gateway.ts';

let gateway: ExampleGateway;
let browser: Browser | null;
beforeAll(async () => {
  gateway = await ExampleGateway.start();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await gateway.stop();
});
beforeEach(() => gateway.answer());

describe(`the consent form ${IN_CHROMIUM}`, () => {
  const HOSTILE = `</p></section><script>document.title='ran'</script><img src=x onerror="document.title='ran'">" onload='document.title="ran"' {{7*7}} <style>*{display:none}</style> &lt;b&gt;`;

  /** The form as Chromium has it: what it shows, and printed. */
  async function shown(query = '') {
    if (browser === null) throw new Error('There is no browser here.');
    const context = await browser.newContext({ extraHTTPHeaders: BEARER });
    try {
      const page = await context.newPage();
      const violations: string[] = [];
      page.on('console', (message) => violations.push(message.text()));
      await page.goto(gateway.url + query);
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

  inBrowser.each(['?language=sv', '?language=en'])('prints one page of A4 for each signer: %s', async (query) => {
    const { sheets, printed, violations } = await shown(query);
    expect([sheets.length, printed, violations]).toEqual([3, { count: 3, sizes: ['210 x 297'] }, []]);
  });

  inBrowser('prints one page for a child who signs and gives the own view', async () => {
    gateway.answer({ signers: [GUARDIAN, { ...YOUTH, givesOwnView: true }] });
    expect((await shown()).printed).toEqual({ count: 2, sizes: ['210 x 297'] });
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
    gateway.answer({
      grants: agencies.flatMap((source) =>
        agencies
          .filter((each) => each !== source)
          .flatMap((recipient) => kinds.map((kind) => grant(source, recipient, kind, kind))),
      ),
    });
    expect((await shown()).printed).toEqual({ count: 3, sizes: ['210 x 297'] });
  });

  inBrowser('shows what somebody wrote as they wrote it, and runs nothing of it', async () => {
    gateway.answer({ purpose: HOSTILE, informationGiven: HOSTILE, paperReference: HOSTILE });
    const { title, sheets, violations } = await shown();
    expect([title, sheets.length, violations]).toEqual(['Samtycke till att dela uppgifter', 3, []]);
    for (const sheet of sheets) expect(sheet.split(HOSTILE)).toHaveLength(4);
  });
});
