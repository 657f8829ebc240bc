// #/studies/NAME: one study.
import { get, post, Problem } from './api.js';
import type { Part, Study, Trial } from './api.js';
import { duration, html, short, state } from './dom.js';
import { facts } from './facts.js';
import { InsightView } from './insight.js';
import { total } from './studies.js';
import { Table } from './table.js';

const Rows = 100;
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
  readonly #insight: InsightView;
  readonly #table = new Table('trials');
  readonly #more = html('button', { type: 'button', id: 'more', hidden: '' }, 'Show older trials');
  readonly element: HTMLElement;
  #trials = new Map<number, Trial>();
  #drawn: Study | null = null;
  #rows = Rows;

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
    this.#more.onclick = () => {
      this.#rows *= 2;
      this.#trials.clear();
      if (this.#drawn) void this.#read(this.#drawn).then(() => this.#drawTrials(this.#drawn!), () => {});
    };
    this.#insight = new InsightView(this.#study);
    this.element = html('div', {}, html('div', { class: 'head' }, this.#head, this.#actions), this.#refused, this.#description, this.#facts,
      this.#insight.element, html('h2', {}, 'Trials'), this.#table.element, this.#more);
  }

  async draw(): Promise<void> {
    const study = await get<Study>(this.#study);
    if (study.id !== this.#drawn?.id) this.#trials.clear(); // the first draw, or a new study under the name of a deleted one
    await this.#read(study);
    this.#drawn = study;
    this.#head.replaceChildren(study.name, ' ', state(study.state));
    this.#description.textContent = study.description ?? '';
    for (const button of this.#actions.children) (button as HTMLElement).hidden = !MovesOf[study.state]?.includes(button.id);
    this.#facts.replaceChildren(...facts(study));
    this.#drawTrials(study);
    await this.#insight.draw(study);
  }

  // The newest trials: what changed since the study as drawn, or all of them when so much did. What changes between two requests comes again.
  async #read(study: Study): Promise<void> {
    const newest = `${this.#study}/trials?sort=-number&limit=${Math.min(1000, this.#rows)}`;
    const changed = await get<Part<Trial>>(this.#drawn === null || this.#trials.size === 0 ? newest : `${newest}&since=${this.#drawn.version}`);
    const all = changed.next === null || this.#trials.size === 0 ? [...this.#trials.values(), ...changed.items] : (await get<Part<Trial>>(newest)).items;
    const latest = new Map(all.map(trial => [trial.number, trial]));
    this.#trials = new Map([...latest].sort(([a], [b]) => b - a).slice(0, this.#rows));
    this.#more.hidden = this.#trials.size >= total(study) || this.#rows >= 1000;
  }

  #drawTrials(study: Study): void {
    const trials = [...this.#trials.values()];
    const metrics = study.objectives.map(objective => objective.metric);
    const parameters = study.parameters.map(parameter => parameter.name);
    const best = typeof study.best === 'number' ? null : study.best?.number;
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
          ...parameters.map(parameter => short(trial.parameters[parameter])), trial.startedAt === null ? '' : duration(trial.startedAt, trial.completedAt),
          trial.worker ?? '', [trial.attempt > 1 ? `attempt ${trial.attempt}` : '', trial.error ?? ''].filter(Boolean).join(': ')],
      };
    }));
  }

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
