import { dayOf, lastDay, timeOf } from '../days.ts';
import { type Html, html } from '../html.ts';
import type { Language, Page } from '../page.ts';
import { blankLines, opening, staffLine, table } from '../sheet-parts.ts';
import type { AccessReportAnswer, Extract } from './answer.ts';
import { en } from './en.ts';
import { type Kind, type Reading, readingsOf } from './readings.ts';
import { sv } from './sv.ts';
import type { AccessReportTexts } from './texts.ts';

const TEXTS: Readonly<Record<Language, AccessReportTexts>> = { sv, en };

/**
 * The extract for the youth: who read which information, when, and why it was permitted, with the number that proves
 * each reading. It has lines for name and number, because the hub knows neither.
 */
export function accessReport({ accessReport: extract }: AccessReportAnswer, language: Language): Page {
  const texts = TEXTS[language];
  const { madeAt, madeBy, notes, rows } = extract;
  const [introduction = '', ...others] = notes;
  const reference = texts.made(dayOf(madeAt, language), timeOf(madeAt));
  const { title, subtitle: audience } = texts;
  const head = { sender: madeBy.name, reference, title, audience, introduction };
  const body = html`<section class="sheet">
${opening(head)}
${blankLines(texts.theYouth, texts.identityNumber)}
<h2>${period(extract, texts, language)}</h2>
${rows.length === 0 ? html`<p>${texts.nothing}</p>` : readingTable(readingsOf(rows, language), texts)}
<h2>${texts.goodToKnow}</h2>
<ul class="notes">${others.map((note) => html`<li>${note}</li>`)}</ul>
<h2>${texts.checking}</h2>
<p>${extract.verification}</p>
${checkpoint(extract, texts)}
${staffLine(texts, texts.secrecyTested, texts.givenBy)}
</section>
`;
  return { status: 200, language, title, body };
}

function period({ from, to }: Extract, texts: AccessReportTexts, language: Language): string {
  const { day, time } = lastDay(to, language);
  return texts.period(dayOf(from, language), day, time);
}

function readingTable(readings: readonly Reading[], texts: AccessReportTexts): Html {
  const rows = readings.map(
    ({ day, time, agency, role, kinds, basis, shown }) => html`<tr><td>${day}<p class="small">${time}</p></td>
<td>${agency.name}<p class="small">${role}</p></td><td><ul>${kinds.map((kind) => item(kind, texts))}</ul></td>
<td>${basis}<p class="small">${shown}</p></td></tr>
`,
  );
  return html`<div class="readings">${table([texts.when, texts.who, texts.what, texts.why], rows)}</div>`;
}

function item({ information, source, numbers }: Kind, texts: AccessReportTexts): Html {
  const sealed = numbers.filter((number) => number !== null);
  const proofs = [
    ...(sealed.length > 0 ? [texts.numbers(sealed)] : []),
    ...(sealed.length < numbers.length ? [texts.unsealed] : []),
  ];
  return html`<li>${information} <span class="small">${[texts.from(source), ...proofs].join(', ')}</span></li>`;
}

function checkpoint({ checkpoint: signed }: Extract, texts: AccessReportTexts): Html {
  if (signed === null) return html`<p>${texts.noCheckpoint}</p>`;
  return html`<p class="checkpoint">${texts.checkpoint(signed.size)} ${signed.origin} ${signed.root}</p>`;
}
