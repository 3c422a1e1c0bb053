import { clockOf, dayOf, firstDay, lastDay, timeOf, writtenDay } from '../days.ts';
import { grouped } from '../grouped.ts';
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
 * The extract for the youth. Its first sheet says who has read what how often, in words that a young person knows; the second goes
 * day by day; the appendix has every reading with the number by which it can be proven. Of a further page of rows there is the
 * appendix alone. Lines for name and number, since the hub knows neither.
 */
export function accessReport({ accessReport: extract }: AccessReportAnswer, language: Language): Page {
  const texts = TEXTS[language];
  const isFurther = (extract.rows[0]?.number ?? 1) > 1;
  const sheets = isFurther
    ? [appendix(extract, texts, language)]
    : [
        overview(extract, texts, language),
        ...(extract.rows.length === 0 ? [] : [days(extract, texts, language), appendix(extract, texts, language)]),
      ];
  return { status: 200, language, title: texts.title, body: html`${sheets}` };
}

function headOf({ madeAt, madeBy }: Extract, texts: AccessReportTexts, language: Language) {
  return { sender: madeBy.name, reference: texts.made(dayOf(madeAt, language), timeOf(madeAt)) };
}

function overview(extract: Extract, texts: AccessReportTexts, language: Language): Html {
  const [introduction = '', ...others] = extract.notes;
  const { title, subtitle: audience } = texts;
  const isEmpty = extract.rows.length === 0;
  return html`<section class="sheet">
${opening({ ...headOf(extract, texts, language), title, audience, introduction })}
${blankLines(texts.theYouth, texts.identityNumber)}
<h2>${period(extract, texts, language)}</h2>
${isEmpty ? html`<p>${texts.nothing}</p>` : html`${kindTable(extract, texts, language)}<p class="small">${texts.furtherSheets}</p>`}
<h2>${texts.goodToKnow}</h2>
<ul class="notes">${others.map((note) => html`<li>${note}</li>`)}</ul>
${staffLine(texts, texts.secrecyTested, texts.givenBy)}
</section>
`;
}

function period({ from, to }: Extract, texts: AccessReportTexts, language: Language): string {
  const [first, last] = [firstDay(from, language), lastDay(to, language)];
  return texts.period(first.day, first.time, last.day, last.time);
}

function kindTable({ summary }: Extract, texts: AccessReportTexts, language: Language): Html {
  const at = (instant: string) => texts.onceAt(dayOf(instant, language), clockOf(instant, language));
  const rows = summary.map(
    ({ agency, information, source, times, first, last }) => html`<tr><td>${agency.name}</td>
<td>${information} <span class="small">${texts.from(source.name)}</span></td><td>${texts.times(times)}</td>
<td>${at(first)}${at(last) === at(first) ? '' : html`<p>${at(last)}</p>`}</td></tr>
`,
  );
  return html`<div class="kinds">${table([texts.who, texts.what, texts.howOften, texts.firstAndLast], rows)}</div>`;
}

function days(extract: Extract, texts: AccessReportTexts, language: Language): Html {
  const rows = grouped(extract.days, ({ day }) => day).flatMap((lines) =>
    lines.map(
      ({ day, agency, times, information }, place) => html`<tr><td>${place === 0 ? writtenDay(day, language) : ''}</td>
<td>${agency.name}</td><td>${texts.times(times)}</td><td>${information.join(', ')}</td></tr>
`,
    ),
  );
  const { sender, reference } = headOf(extract, texts, language);
  return html`<section class="sheet">
<p class="head"><span>${sender}</span><span>${reference}</span></p>
<h2>${texts.dayByDay}</h2>
<div class="days">${table([texts.day, texts.who, texts.howOften, texts.what], rows)}</div>
</section>
`;
}

function appendix(extract: Extract, texts: AccessReportTexts, language: Language): Html {
  const { rows, readings, nextRows } = extract;
  const [first, last] = [rows[0]?.number ?? 0, rows.at(-1)?.number ?? 0];
  const { sender, reference } = headOf(extract, texts, language);
  return html`<section class="sheet">
<p class="head"><span>${sender}</span><span>${reference}</span></p>
<h2>${texts.appendix}</h2>
<p>${period(extract, texts, language)} ${texts.ofReadings(first, last, readings)} ${texts.numbersMean}</p>
${readingTable(readingsOf(rows, language), texts)}
${nextRows === null ? '' : html`<p>${texts.goesOn(nextRows)}</p>`}
<h2>${texts.checking}</h2>
<p>${extract.verification}</p>
${checkpoint(extract, texts)}
</section>
`;
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

function item({ information, source, numbers, inLog }: Kind, texts: AccessReportTexts): Html {
  const sealed = inLog.filter((number) => number !== null);
  const proofs = [
    ...(sealed.length > 0 ? [texts.inLog(sealed)] : []),
    ...(sealed.length < inLog.length ? [texts.unsealed] : []),
  ];
  return html`<li>${texts.numbers(numbers)} ${information} <span class="small">${[texts.from(source), ...proofs].join(', ')}</span></li>`;
}

function checkpoint({ checkpoint: signed }: Extract, texts: AccessReportTexts): Html {
  if (signed === null) return html`<p>${texts.noCheckpoint}</p>`;
  return html`<p class="checkpoint">${texts.checkpoint(signed.size)} ${signed.origin} ${signed.root}</p>`;
}
