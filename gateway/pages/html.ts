/** What may stand in a page: text and numbers, which are escaped, and markup, which is already. */
export type HtmlValue = string | number | Html | readonly Html[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup. It is made of the literal text of templates alone, with values escaped: there is no way to make it of a string. */
export class Html {
  readonly #markup: string;

  private constructor(markup: string) {
    this.#markup = markup;
  }

  static of(literal: TemplateStringsArray, values: readonly HtmlValue[]): Html {
    return new Html(
      literal
        .map((text, index) => (index === 0 ? '' : rendered(literal[index - 1], values[index - 1])) + text)
        .join(''),
    );
  }

  toString(): string {
    return this.#markup;
  }
}

function rendered(before: string | undefined, value: unknown): string {
  // Escaping does not keep a value inside an attribute without quotes.
  if (before === undefined || /=\s*$/.test(before))
    throw new TypeError('A value in an attribute stands in quotes; put them round it.');
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
  if (typeof value === 'number') return String(value);
  if (value instanceof Html) return String(value);
  if (Array.isArray(value) && value.every((each) => each instanceof Html)) return value.join('');
  throw new TypeError('A page is made of text, numbers and Html; what is missing is left out before it gets here.');
}

/**
 * Tag of a template of HTML: every string put in is escaped, for text and for attributes in quotes. Throws for null,
 * undefined and whatever else is no text, so that a page with a hole in it is never served. Values never stand in scripts,
 * styles or addresses.
 */
export function html(literal: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return Html.of(literal, values);
}

/** Nothing at all. */
export const NOTHING: Html = html``;
