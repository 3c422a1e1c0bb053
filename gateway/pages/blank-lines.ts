import { type Html, html } from './html.ts';

/** Two lines to fill in by hand, with what belongs on them below. */
export function blankLines(first: string, second: string): Html {
  return html`<div class="lines"><p class="line">${first}</p><p class="line">${second}</p></div>`;
}
