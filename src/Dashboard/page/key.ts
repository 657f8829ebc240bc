// The key that the service asks for, if it does. It is kept for as long as the tab, and sent to this service only.
import { html } from './dom.js';

const Name = 'hpo-key';

export function authorization(): Record<string, string> {
  const key = sessionStorage.getItem(Name);
  return key === null ? {} : { Authorization: `Bearer ${key}` };
}

/** A form for the key; what the service said of the last one stands above it. */
export function ask(said: string, then: () => void): HTMLElement {
  const input = html('input', { type: 'password', id: 'key', autocomplete: 'off', spellcheck: 'false', required: '', 'aria-label': 'key' });
  const form = html('form', { class: 'empty' }, html('p', {}, 'This service asks for a key.'), html('p', { class: 'dim' }, said), input, ' ', html('button', {}, 'Use it'));
  form.onsubmit = event => {
    event.preventDefault();
    sessionStorage.setItem(Name, input.value.trim());
    then();
  };
  return form;
}
