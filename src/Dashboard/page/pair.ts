// Which two parameters are looked at together: the most important ones until somebody chooses.
import { html } from './dom.js';

export class Pair {
  readonly #x = html('select', { id: 'contour-x', 'aria-label': 'along x' });
  readonly #y = html('select', { id: 'contour-y', 'aria-label': 'along y' });
  readonly element = html('div', { class: 'choices' }, this.#x, this.#y);
  #names: readonly string[] = [];
  #before: readonly [string, string] = ['', ''];
  #isChosen = false;

  constructor(changed: () => void) {
    const choose = (select: HTMLSelectElement, other: HTMLSelectElement, was: 0 | 1) => {
      if (select.value === other.value) other.value = this.#before[was]; // they change places
      this.#before = [this.#x.value, this.#y.value];
      this.#isChosen = true;
      changed();
    };
    this.#x.onchange = () => choose(this.#x, this.#y, 0);
    this.#y.onchange = () => choose(this.#y, this.#x, 1);
  }

  /** @param names All parameters. @param important As many as are known to be, the most important first. */
  offer(names: readonly string[], important: readonly string[]): void {
    if (names.join('\n') !== this.#names.join('\n')) {
      this.#names = names;
      for (const select of [this.#x, this.#y]) select.replaceChildren(...names.map(name => html('option', { value: name }, name)));
      this.#isChosen = false;
    }

    if (this.#isChosen || names.length < 2) return;
    const [x, y] = [...important, ...names.filter(name => !important.includes(name))];
    [this.#x.value, this.#y.value] = this.#before = [x!, y!];
  }

  /** None while there are less than two. */
  get chosen(): readonly [string?, string?] { return this.#names.length < 2 ? [] : [this.#x.value, this.#y.value]; }
}
