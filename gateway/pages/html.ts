/** The values allowed in a page: text and numbers, which are escaped, and markup, which is escaped already. */
export type HtmlValue = string | number | Html | readonly Html[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Markup, made only of the literal text of templates and escaped values: no string can become markup. */
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
    throw new TypeError('A value in an attribute must be in quotes; put them around it.');
  if (typeof value === 'string') return value.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
  if (typeof value === 'number') return String(value);
  if (value instanceof Html) return String(value);
  if (Array.isArray(value) && value.every((each) => each instanceof Html)) return value.join('');
  throw new TypeError('A page takes text, numbers and Html; leave out missing values before they get here.');
}

/**
 * Tag of an HTML template: every string put in is escaped, for text and for quoted attributes. Throws for null,
 * undefined and anything else that is not text, so that a page with a gap is never served. Values never occur in
 * scripts, styles or addresses.
 */
export function html(literal: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  return Html.of(literal, values);
}

/** Empty markup. */
export const NOTHING: Html = html``;
