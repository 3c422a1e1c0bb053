import { dayBefore, dayOf, lastDay, writtenDay } from '../days.ts';
import { type Html, html, NOTHING } from '../html.ts';
import type { Language } from '../page.ts';
import { blankLines, opening, staffLine, table } from '../sheet-parts.ts';
import type { FormConsent, FormSigner } from './answer.ts';
import type { Line } from './lines.ts';
import type { ConsentFormTexts } from './texts.ts';

/** Lines for a child's own view: few above a signature, more in place of one. */
const VIEW_LINES = { signing: 3, alone: 7 };

/** The most lines of a form's own text in the larger type. With more it is set tight, so that a sheet is one page. */
const ROOMY_LINES = 12;
/** Characters on one line, roughly. */
const LINE_LENGTH = 100;
const COLUMN_LENGTH = 48;

/** The parts that are the same on every sheet. */
export interface Form {
  readonly consent: FormConsent;
  readonly language: Language;
  readonly texts: ConsentFormTexts;
  readonly lines: readonly Line[];
}

/** The person that a sheet is for. */
export interface Reader {
  readonly signer: FormSigner;
  readonly kind: 'guardian' | 'youth' | 'child';
  /** For example Vårdnadshavare 1; null for the youth. */
  readonly name: string | null;
}

/** The sheet of one signer: the request, the meaning of a yes, the way to take it back, and the place to sign. */
export function sheet(form: Form, reader: Reader): Html {
  const { consent, texts } = form;
  const { audience, introduction, withdrawing, goodToKnow } = texts[reader.kind];
  const { leadAgency, programme } = consent.group;
  const sender = [leadAgency.name, programme.name].join(' · ');
  return html`<section class="${isLong(form, reader) ? 'sheet tight' : 'sheet'}">
${opening({ sender, reference: referenceOf(form, reader), title: texts.title, audience, introduction })}
${reader.kind === 'guardian' ? blankLines(`${texts.theYouth}: ${texts.name.toLowerCase()}`, texts.identityNumber) : NOTHING}
<h2>${texts.purpose}</h2>
<p class="text">${consent.purpose}</p>
<h2>${texts.sharing}</h2>
${sharing(form)}
<div class="columns">
<div><h2>${texts.period}</h2>
<p>${period(form)}${reader.signer.isOfAge ? NOTHING : html` ${texts.until18}`}</p>
${transition(form)}</div>
<div><h2>${texts.informed}</h2>
<p class="text">${consent.informationGiven}</p>
<p class="small">${texts.told(languageName(form), consent.interpreter)}</p></div>
</div>
<h2>${texts.changeOfMind}</h2>
<p>${withdrawing} ${goodToKnow}</p>
${blankLines(texts.contact, texts.phone)}
${reader.kind === 'child' ? ownView(form, reader) : NOTHING}
${reader.signer.mustSign ? signing(form, reader) : NOTHING}
${staffLine(texts, texts.identityChecked, texts.receivedBy)}
</section>
`;
}

/**
 * True if the sheet would need more than a page in the larger type. Only the parts that differ between forms are
 * counted.
 */
function isLong(form: Form, { signer }: Reader): boolean {
  const { consent, lines: shared, language } = form;
  const rows = shared.map((line) =>
    Math.max(
      Math.ceil(namesOf(line, language).length / COLUMN_LENGTH) + (isDated(line) ? 2 : 0),
      line.recipients.length,
      2,
    ),
  );
  const { purpose, informationGiven } = consent;
  const beside = Math.ceil(informationGiven.length / COLUMN_LENGTH);
  const turning = Math.ceil(transitionOf(form).join(' ').length / COLUMN_LENGTH);
  const texts = Math.ceil(purpose.length / LINE_LENGTH) + Math.max(beside, turning);
  const view = signer.givesOwnView && signer.mustSign ? VIEW_LINES.signing : 0;
  return rows.reduce((sum, row) => sum + row, texts + view) > ROOMY_LINES;
}

function isDated({ dataFrom, dataTo }: Line): boolean {
  return dataFrom !== null || dataTo !== null;
}

/**
 * The kinds of information on a line, as a list in running text; a star marks those that need the youth's signature.
 */
function namesOf({ kinds }: Line, language: Language): string {
  return kinds
    .map((kind, index) => {
      const name = language === 'sv' ? kind.nameSv : kind.nameEn;
      return `${index === 0 ? name : name.slice(0, 1).toLowerCase() + name.slice(1)}${kind.youthSigns ? '*' : ''}`;
    })
    .join(', ');
}

function referenceOf({ consent, texts }: Form, { name }: Reader): string {
  const reference = texts.reference(consent.paperReference, consent.version);
  return name === null ? reference : `${reference} · ${name}`;
}

function sharing({ lines: shared, texts, language }: Form): Html {
  const rows = shared.map((line) => {
    const { source, recipients, dataFrom, dataTo } = line;
    const from = dataFrom === null ? null : writtenDay(dataFrom, language);
    const until = dataTo === null ? null : writtenDay(dayBefore(dataTo), language);
    const dated = isDated(line) ? html`<p class="small">${texts.dated(from, until)}</p>` : NOTHING;
    return html`<tr><td>${source}</td><td>${namesOf(line, language)}${dated}</td>
<td><ul>${recipients.map((recipient) => html`<li>${recipient}</li>`)}</ul></td></tr>
`;
  });
  const starred = shared.some(({ kinds }) => kinds.some(({ youthSigns }) => youthSigns));
  return html`${table([texts.source, texts.kinds, texts.recipients], rows)}
${starred ? html`<p class="small">${texts.youthSigns}</p>` : NOTHING}`;
}

function period({ consent, texts, language }: Form): string {
  const { day, time } = lastDay(consent.validUntil, language);
  return texts.lasts(dayOf(consent.validFrom, language), day, time);
}

/** The end of the present consent, and from when this one's information is shared, by which authorities. */
function transition(form: Form): Html {
  const sentences = transitionOf(form);
  return sentences.length === 0 ? NOTHING : html`<p class="small">${sentences.join(' ')}</p>`;
}

function transitionOf({ consent, texts, language }: Form): string[] {
  const { presentUntil, readFrom, toAcknowledge } = consent.transition;
  const sources = toAcknowledge.map(({ name }) => name).join(', ');
  const present = presentUntil === null ? null : lastDay(presentUntil, language);
  return [
    ...(present === null ? [] : [texts.present(present.day, present.time)]),
    ...(readFrom === null || sources === '' ? [] : [texts.read(dayOf(readFrom, language), sources)]),
  ];
}

/** A language's name, or its tag if it has no name. */
function languageName({ consent, language }: Form): string {
  try {
    return new Intl.DisplayNames(language, { type: 'language' }).of(consent.language) ?? consent.language;
  } catch (fault) {
    if (fault instanceof RangeError) return consent.language;
    throw fault;
  }
}

function ownView({ texts }: Form, { signer }: Reader): Html {
  const length = signer.mustSign ? VIEW_LINES.signing : VIEW_LINES.alone;
  const blank = Array.from({ length }, () => html`<p class="line"></p>`);
  return html`<div class="view"><h2>${texts.child.ownView}</h2>
<p>${signer.mustSign ? texts.child.mustSign : texts.child.needNotSign}</p>
${blank}
${signer.mustSign ? NOTHING : blankLines(texts.name, texts.identityNumber)}</div>`;
}

function signing({ texts }: Form, reader: Reader): Html {
  return html`<div class="signing"><h2>${texts.answer}</h2>
${choice(texts.yes)}
<p class="choice"><span class="box"></span><span>${texts.partly}</span><span class="rule"></span></p>
${choice(texts.no)}
${reader.kind === 'guardian' ? capacities(texts) : NOTHING}
${blankLines(texts.signature, texts.date)}
${blankLines(texts.name, texts.identityNumber)}</div>`;
}

function choice(text: string): Html {
  return html`<p class="choice"><span class="box"></span><span>${text}</span></p>`;
}

function capacities({ capacity, capacities: all }: ConsentFormTexts): Html {
  const boxes = all.map((each) => html`<span><span class="box"></span> ${each}</span>`);
  return html`<p class="choices"><span>${capacity}:</span>${boxes}</p>`;
}
