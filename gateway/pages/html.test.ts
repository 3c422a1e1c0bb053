import { describe, expect, test } from '@jest/globals';
import { type HtmlValue, html, NOTHING } from './html.ts';

describe('html', () => {
  test('escapes every string, in text and in attributes', () => {
    const hostile = `<b onclick="x('&')">`;
    expect(String(html`<p title="${hostile}">${hostile}</p>`)).toBe(
      '<p title="&lt;b onclick=&quot;x(&#39;&amp;&#39;)&quot;&gt;">&lt;b onclick=&quot;x(&#39;&amp;&#39;)&quot;&gt;</p>',
    );
  });

  test('takes markup as it is, one piece or many', () => {
    const items = ['a<', 'b'].map((each) => html`<li>${each}</li>`);
    expect(String(html`<ul>${items}</ul>${NOTHING}${html`<i>${3}</i>`}`)).toBe(
      '<ul><li>a&lt;</li><li>b</li></ul><i>3</i>',
    );
  });

  test.each([[null], [undefined], [{}], [['<b>']], [true]])('rejects %p', (value) => {
    expect(() => html`<p>${value as HtmlValue}</p>`).toThrow('takes text, numbers and Html');
  });

  test('rejects a value in an attribute without quotes', () => {
    expect(() => html`<p title=${'x onclick=y'}></p>`).toThrow('must be in quotes');
    expect(String(html`<p>${'1+1='}${'2'}</p>`)).toBe('<p>1+1=2</p>');
  });
});
