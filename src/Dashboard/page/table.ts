import { html } from './dom.js';
import type { Child } from './dom.js';

// A long text is cut off where its column ends: the whole of it shows under the mouse.
const full = (cell: Child): Record<string, string> => typeof cell === 'string' && cell.length > 40 ? { title: cell } : {};

export interface Column { readonly title: string; readonly isNumber?: boolean }
export interface Row { readonly cells: readonly Child[]; readonly isBest?: boolean }

/** A table whose head and body are filled anew at each draw, inside of elements that stay: so does the scroll position. */
export class Table {
  readonly #head = html('tr');
  readonly #body = html('tbody');
  readonly element: HTMLElement;

  constructor(id: string) {
    this.element = html('div', { class: 'scroll' }, html('table', { id }, html('thead', {}, this.#head), this.#body));
  }

  draw(columns: readonly Column[], rows: readonly Row[]): void {
    const kind = (i: number): Record<string, string> => columns[i]?.isNumber ? { class: 'number' } : {};
    this.#head.replaceChildren(...columns.map((column, i) => html('th', kind(i), column.title)));
    this.#body.replaceChildren(...rows.map(row =>
      html('tr', row.isBest ? { class: 'best' } : {}, ...row.cells.map((cell, i) => html('td', { ...kind(i), ...full(cell) }, cell)))));
  }
}
