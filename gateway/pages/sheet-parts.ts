import { type Html, html } from './html.ts';

/** The first part of a sheet. */
export interface Opening {
  /** The sender of the paper, and the reference to find it by. */
  readonly sender: string;
  readonly reference: string;
  readonly title: string;
  /** The reader that it is for. */
  readonly audience: string;
  readonly introduction: string;
}

/** The first part of a sheet: a line for the desk, the title, the reader and the introduction. */
export function opening({ sender, reference, title, audience, introduction }: Opening): Html {
  return html`<p class="head"><span>${sender}</span><span>${reference}</span></p>
<h1>${title}</h1>
<p class="audience">${audience}</p>
<p class="introduction">${introduction}</p>`;
}

/** Two lines to fill in by hand, each with its label below. */
export function blankLines(first: string, second: string): Html {
  return html`<div class="lines"><p class="line">${first}</p><p class="line">${second}</p></div>`;
}

/** A table with these column heads. */
export function table(heads: readonly string[], rows: readonly Html[]): Html {
  return html`<table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${rows}</tbody>
</table>`;
}

/** The last line of a sheet, with the box that staff tick and the line that they sign. */
export function staffLine(texts: { readonly forStaff: string }, ticked: string, signed: string): Html {
  return html`<p class="staff"><span>${texts.forStaff}:</span><span class="box"></span><span>${ticked}</span>
<span>${signed}</span><span class="rule"></span></p>`;
}
