// #/studies/NAME: one study.
import { get, getAll, post, Problem } from './api.js';
import type { Study, Trial } from './api.js';
import { chart } from './chart.js';
import { duration, html, short, state } from './dom.js';
import { facts } from './facts.js';
import { Table } from './table.js';

const MostRows = 500;
const Moves = { pause: 'Pause', resume: 'Resume', cancel: 'Cancel' } as const;
const MovesOf: Partial<Record<Study['state'], readonly string[]>> = { active: ['pause', 'cancel'], paused: ['resume', 'cancel'] };

export class StudyView {
  readonly title: string;
  readonly path: string;
  readonly events = ['trial', 'measurement', 'study'];
  readonly #study: string;
  readonly #head = html('h1');
  readonly #actions = html('div', { class: 'actions' });
  readonly #refused = html('p', { class: 'refused', role: 'alert' });
  readonly #description = html('p', { class: 'description' });
  readonly #facts = html('dl', { class: 'facts' });
  readonly #chart = html('figure', { id: 'chart' });
  readonly #table = new Table('trials');
  readonly #more = html('p', { class: 'dim' });
  readonly element = html('div', {}, html('div', { class: 'head' }, this.#head, this.#actions), this.#refused, this.#description, this.#facts,
    this.#chart, this.#table.element, this.#more);
  readonly #trials = new Map<number, Trial>();
  #drawn: Study | null = null;

  /** @param name As the fragment has it, escaped. */
  constructor(name: string) {
    this.title = name;
    this.#study = `studies/${name}`;
    this.path = `${this.#study}/events`;
    for (const [verb, meaning] of Object.entries(Moves)) {
      const button = html('button', { type: 'button', id: verb, hidden: '' }, meaning);
      button.onclick = () => void this.#move(verb, button);
      this.#actions.append(button);
    }
    new ResizeObserver(() => this.#drawChart()).observe(this.#chart);
  }

  async draw(): Promise<void> {
    const study = await get<Study>(this.#study);
    if (study.id !== this.#drawn?.id) this.#trials.clear(); // the first draw, or a new study under the name of a deleted one
    // What changed since the study as drawn; what changes between these two requests comes again next time.
    const since = this.#trials.size === 0 ? 0 : this.#drawn?.version ?? 0;
    for (const trial of await getAll<Trial>(`${this.#study}/trials?since=${since}`)) this.#trials.set(trial.number, trial);
    this.#drawn = study;
    this.#head.replaceChildren(study.name, ' ', state(study.state));
    this.#description.textContent = study.description ?? '';
    for (const button of this.#actions.children) (button as HTMLElement).hidden = !MovesOf[study.state]?.includes(button.id);
    this.#facts.replaceChildren(...facts(study));
    this.#drawChart();
    this.#drawTrials(study);
  }

  #drawChart(): void {
    const width = Math.floor(this.#chart.clientWidth);
    if (this.#drawn === null || width === 0) return;
    const { metric, direction } = this.#drawn.objectives[0];
    this.#chart.replaceChildren(chart(this.#sorted(), metric, direction === 'maximize', width));
  }

  #drawTrials(study: Study): void {
    const trials = this.#sorted().reverse().slice(0, MostRows);
    const metrics = study.objectives.map(objective => objective.metric);
    const parameters = study.parameters.map(parameter => parameter.name);
    const best = study.best !== undefined && 'number' in study.best ? study.best.number : null;
    this.#table.draw([
      { title: 'trial', isNumber: true }, { title: 'state' }, ...metrics.map(title => ({ title, isNumber: true })), { title: 'step', isNumber: true },
      ...parameters.map(title => ({ title, isNumber: trials.some(trial => typeof trial.parameters[title] === 'number') })),
      { title: 'took', isNumber: true }, { title: 'by' }, { title: 'note' },
    ], trials.map(trial => {
      const latest = trial.measurements.at(-1);
      return {
        isBest: trial.number === best,
        cells: [
          String(trial.number), state(trial.state), ...metrics.map(metric => short(trial.values?.[metric] ?? latest?.values[metric])), short(latest?.step),
          ...parameters.map(parameter => short(trial.parameters[parameter])), trial.startedAt === undefined ? '' : duration(trial.startedAt, trial.completedAt),
          trial.worker ?? '', [trial.attempt > 1 ? `attempt ${trial.attempt}` : '', trial.error ?? ''].filter(Boolean).join(': ')],
      };
    }));
    this.#more.textContent = this.#trials.size > MostRows ? `The latest ${MostRows} of ${this.#trials.size}.` : '';
  }

  #sorted = () => [...this.#trials.values()].sort((a, b) => a.number - b.number);

  async #move(verb: string, button: HTMLButtonElement): Promise<void> {
    if (verb === 'cancel' && !confirm('Cancel this study? Its open trials are canceled too; this cannot be taken back.')) return;
    button.disabled = true;
    this.#refused.textContent = '';
    try {
      await post<Study>(`${this.#study}/${verb}`); // the event that follows draws
    } catch (error) {
      this.#refused.textContent = error instanceof Problem ? error.message : 'The service did not answer; try again.';
    }
    button.disabled = false;
  }
}
