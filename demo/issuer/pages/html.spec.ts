import { describe, expect, it } from '@jest/globals';
import { html, trustedHtml } from './html.js';

describe('html``', () => {
  it('escapes text', () => {
    expect(html`<p title="${`"'&`}">${'<script>'}</p>`.text).toBe(
      '<p title="&quot;&#39;&amp;">&lt;script&gt;</p>',
    );
  });

  it('keeps what it made itself', () => {
    const words = ['<', '>'].map((text) => html`<b>${text}</b>`);
    expect(html`<p>${words}</p>`.text).toBe('<p><b>&lt;</b><b>&gt;</b></p>');
  });

  it('leaves out what is not there', () => {
    expect(html`a${undefined}b${false}c${trustedHtml('')}`.text).toBe('abc');
  });
});
