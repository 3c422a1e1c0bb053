import { type Html, html } from './html.ts';

/** What a sheet begins with. */
export interface Opening {
  /** Whose paper it is, and by what it is found again. */
  readonly sender: string;
  readonly reference: string;
  readonly title: string;
  /** Whom it is for. */
  readonly audience: string;
  readonly introduction: string;
}

/** The beginning of a sheet: a line for the desk, the title, whom it is for, and what it is about. */
export function opening({ sender, reference, title, audience, introduction }: Opening): Html {
  return html`<p class="head"><span>${sender}</span><span>${reference}</span></p>
<h1>${title}</h1>
<p class="audience">${audience}</p>
<p class="introduction">${introduction}</p>`;
}

/** Two lines to fill in by hand, with what belongs on them below. */
export function blankLines(first: string, second: string): Html {
  return html`<div class="lines"><p class="line">${first}</p><p class="line">${second}</p></div>`;
}

/** A table under these heads. */
export function table(heads: readonly string[], rows: readonly Html[]): Html {
  return html`<table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${rows}</tbody>
</table>`;
}

/** The last line of a sheet: what staff tick, and sign. */
export function staffLine(texts: { readonly forStaff: string }, ticked: string, signed: string): Html {
  return html`<p class="staff"><span>${texts.forStaff}:</span><span class="box"></span><span>${ticked}</span>
<span>${signed}</span><span class="rule"></span></p>`;
}
