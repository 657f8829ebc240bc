// The part of a study's page that shows what its trials say together.
import { get } from './api.js';
import type { Part, Study, Trial } from './api.js';
import { contour } from './contour.js';
import { curves } from './curves.js';
import { html } from './dom.js';
import { history } from './history.js';
import { importances } from './importances.js';
import type { Contour, Curves, Importances, Parallel, Slices, TrialHistory } from './insights.js';
import { Pair } from './pair.js';
import { parallel } from './parallel.js';
import { pareto } from './pareto.js';
import { slices } from './slices.js';

const Every = 2000; // ms between two looks at what many trials together say; the history is looked at more often
const SliceWidth = 290;

interface Found { history: TrialHistory; importances: Importances; slices: Slices; parallel: Parallel; curves: Curves; front: readonly Trial[]; contour: Contour }

export class InsightView {
  readonly #history = html('figure', { id: 'chart' });
  readonly #pareto = html('figure', { id: 'pareto' });
  readonly #importances = html('figure', { id: 'importances' });
  readonly #curves = html('figure', { id: 'curves' });
  readonly #parallel = html('figure', { id: 'parallel' });
  readonly #contour = html('figure', { id: 'contour' });
  readonly #slices = html('div', { id: 'slices' });
  readonly #pair = new Pair(() => void this.#lookAtPair().then(() => this.#show()).catch(() => {}));
  readonly #metric = html('select', { id: 'metric', 'aria-label': 'metric' });
  readonly #axis = html('select', { id: 'axis', 'aria-label': 'along' }, html('option', { value: 'trial' }, 'by trial'), html('option', { value: 'time' }, 'by time'));
  readonly element = html('div', { class: 'insight' },
    html('div', { class: 'choices' }, this.#metric, this.#axis), this.#history,
    section('Both objectives', this.#pareto), section('Importance of parameters', this.#importances), section('Learning curves', this.#curves),
    section('Trials across all parameters', this.#parallel), section('Two parameters', this.#pair.element, this.#contour), section('Each parameter', this.#slices));
  readonly #path: string;
  readonly #found: Partial<Found> = {};
  #study: Study | null = null;
  #last = -Infinity;
  #soon: number | undefined;

  /** @param path Of the study in the API. */
  constructor(path: string) {
    this.#path = path;
    this.#metric.onchange = () => { this.#last = -Infinity; if (this.#study) void this.draw(this.#study).catch(() => {}); };
    this.#axis.onchange = () => this.#show();
    new ResizeObserver(() => this.#show()).observe(this.element);
  }

  async draw(study: Study): Promise<void> {
    if (study.id !== this.#study?.id) this.#metric.replaceChildren(...study.objectives.map(({ metric }) => html('option', { value: metric }, metric)));
    this.#metric.hidden = study.objectives.length < 2;
    this.#study = study;
    this.#found.history = await this.#get<TrialHistory>('history?points=500');
    if (performance.now() - this.#last >= Every) await this.#look(study);
    else this.#soon ??= setTimeout(() => { this.#soon = undefined; if (this.element.isConnected) void this.#look(study).catch(() => {}); }, Every);
    this.#show();
  }

  async #look(study: Study): Promise<void> {
    this.#last = performance.now();
    const found = this.#found;
    [found.importances, found.slices, found.parallel, found.curves, found.front] = await Promise.all([
      this.#get<Importances>('importances'), this.#get<Slices>('slice?points=150'), this.#get<Parallel>('parallel?points=200'), this.#get<Curves>('curves?trials=16'),
      study.objectives.length < 2 ? [] : get<Part<Trial>>(`${this.#path}/best`).then(page => page.items)]);
    this.#pair.offer(study.parameters.map(({ name }) => name), found.importances?.importances.map(({ parameter }) => parameter) ?? []);
    await this.#lookAtPair();
    this.#show();
  }

  async #lookAtPair(): Promise<void> {
    const [x, y] = this.#pair.chosen;
    if (x === undefined || y === undefined) return;
    const found = await this.#get<Contour>(`contour?points=400&x=${encodeURIComponent(x)}&y=${encodeURIComponent(y)}`);
    if (x === this.#pair.chosen[0] && y === this.#pair.chosen[1]) this.#found.contour = found; // nobody has chosen others meanwhile
  }

  #get = <T>(call: string) => get<T>(`${this.#path}/${call}${call.includes('?') ? '&' : '?'}metric=${encodeURIComponent(this.#metric.value)}`);

  #show(): void {
    const width = Math.floor(this.element.clientWidth);
    const found = this.#found;
    if (this.#study === null || width === 0) return;
    const wide = width > 820 ? Math.floor((width - 32) / 2) : width; // what stands side by side where there is room
    const [first, second] = this.#study.objectives;
    this.#axis.hidden = !found.history?.points.length;
    if (found.history) put(this.#history, history(found.history, this.#axis.value === 'time', width));
    if (found.importances) put(this.#importances, ...importances(found.importances, wide));
    if (found.curves) put(this.#curves, curves(found.curves, second === undefined ? wide : width));
    if (found.parallel) put(this.#parallel, parallel(found.parallel, width));
    if (found.parallel) put(this.#pareto, second === undefined ? null : pareto(found.parallel, found.front ?? [], [first, second], wide));
    if (found.contour) put(this.#contour, found.contour.trials === 0 ? null : contour(found.contour, width));
    const beside = Math.max(1, Math.floor((width + 16) / (SliceWidth + 16)));
    if (found.slices) this.#slices.replaceChildren(...found.slices.trials === 0 ? [] : slices(found.slices, Math.floor((width - 16 * (beside - 1)) / beside)));
    this.#slices.parentElement!.hidden = this.#slices.children.length === 0;
  }
}

const section = (title: string, ...content: HTMLElement[]) => html('section', { hidden: '' }, html('h2', {}, title), ...content);

function put(figure: HTMLElement, ...parts: (Element | null)[]): void {
  figure.replaceChildren(...parts.filter(part => part !== null));
  const place = figure.closest('section');
  if (place) place.hidden = figure.children.length === 0;
}
