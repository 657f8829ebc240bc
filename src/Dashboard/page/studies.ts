// #/: the list of studies.
import { get } from './api.js';
import type { Part, Study, TrialState, Worker } from './api.js';
import { html, number, short, state, time } from './dom.js';
import { Table } from './table.js';

const Order: readonly TrialState[] = ['completed', 'pruned', 'infeasible', 'failed', 'canceled', 'running', 'queued'];

export const total = (study: Study) => Object.values(study.trialCounts).reduce((sum, count) => sum + count, 0);

/** How many trials there are, out of the budget where there is one. */
export const budget = (study: Study) => `${total(study)}${study.budget.maxTrials === undefined ? '' : ` / ${study.budget.maxTrials}`}`;

export function bestValue(study: Study): string {
  if (study.best === null) return '–';
  if (typeof study.best === 'number') return `front of ${study.best}`;
  return short(number(study.best.values, study.objectives[0].metric));
}

/** A bar with a part for each state. */
export function progress(study: Study): HTMLElement {
  const all = Math.max(study.budget.maxTrials ?? 0, total(study), 1);
  return html('span', { class: 'bar' }, ...Order.filter(name => study.trialCounts[name] > 0).map(name => {
    const part = html('i', { class: name, title: `${study.trialCounts[name]} ${name}` });
    part.style.width = `${100 * study.trialCounts[name] / all}%`;
    return part;
  }));
}

export class StudiesView {
  readonly title = 'Studies';
  readonly path = 'events';
  readonly events = ['study', 'deleted'];
  readonly #workers = html('p', { class: 'dim', id: 'workers' });
  readonly #none = html('p', { class: 'dim empty', hidden: '' }, 'None yet. Submit one: ', html('code', {}, './hpo submit study.json'), ', or POST /api/v1/studies.');
  readonly #table = new Table('studies');
  readonly element = html('div', {}, html('h1', {}, 'Studies'), this.#workers, this.#none, this.#table.element);

  async draw(): Promise<void> {
    const [studies, workers] = await Promise.all([get<Part<Study>>('studies?limit=1000'), get<Part<Worker>>('workers')]);
    this.#workers.textContent = workers.items.length === 0
      ? 'No workers: trials are for your own programs.'
      : workers.items.map(w => `${w.name}: ${w.state}, ${w.runningTrials} of ${w.slots} slots busy`).join(' · ');
    this.#none.hidden = studies.items.length > 0;
    this.#table.element.hidden = studies.items.length === 0;
    this.#table.draw(
      [{ title: 'study' }, { title: 'state' }, { title: 'trials', isNumber: true }, { title: '' }, { title: 'metric' }, { title: 'best', isNumber: true }, { title: 'created' }],
      studies.items.map(study => ({
        cells: [
          html('a', { href: `#/studies/${encodeURIComponent(study.name)}` }, study.name), state(study.state), budget(study), progress(study),
          `${study.objectives[0].direction === 'maximize' ? '↑' : '↓'} ${study.objectives[0].metric}`, bestValue(study), time(study.createdAt)],
      })));
  }
}
