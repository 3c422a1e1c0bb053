import { html } from './html.ts';
import type { Language, Page } from './page.ts';

/** A page of a few words. */
export function notice(status: number, language: Language, { title, text }: { title: string; text: string }): Page {
  return {
    status,
    language,
    title,
    body: html`<main class="notice">
<h1>${title}</h1>
<p class="introduction">${text}</p>
</main>`,
  };
}
