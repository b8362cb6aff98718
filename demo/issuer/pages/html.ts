/** Text that is safe to send as HTML. */
export interface Html {
  readonly text: string;
}

type Value = string | number | Html | readonly Html[] | false | undefined;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Template tag that escapes every value, except for HTML that it made itself. */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return { text: String.raw({ raw: strings }, ...values.map(render)) };
}

/** Takes text for HTML as it stands: for constants of this program only. */
export function trustedHtml(text: string): Html {
  return { text };
}

/** Escapes text for an element's content or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

function render(value: Value): string {
  if (value === undefined || value === false) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  return 'text' in value ? value.text : value.map(({ text }) => text).join('');
}
