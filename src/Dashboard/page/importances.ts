// Bars: how much of the variance is due to each parameter.
import { html, svg } from './dom.js';
import type { Importances } from './insights.js';
import { plot } from './plot.js';

const Row = 24;
const Most = 12;

export function importances(found: Importances, width: number): Element[] {
  if (found.importances.length === 0) return [html('p', { class: 'dim' }, 'Known once four trials with different values are completed.')];
  const bars: (readonly [name: string, share: number, kind: string])[] = [
    ...found.importances.slice(0, Most).map(({ parameter, importance }) => [parameter, importance, 'bar-main'] as const),
    ['interactions', found.interactions ?? 0, 'bar-rest'] as const];
  const left = Math.min(150, width * 0.36);
  const reach = width - left - 46;
  const most = Math.floor(left / 7.2);
  return [plot(width, bars.length * Row, `importance of the parameters, from ${found.trials} trials`, ...bars.map(([name, share, kind], i) =>
    svg('g', { class: kind },
      svg('title', {}, `${name}: ${(100 * share).toFixed(1)} % of the variance`),
      svg('text', { x: left - 8, y: i * Row + 16, 'text-anchor': 'end' }, name.length > most ? `${name.slice(0, most - 1)}…` : name),
      svg('rect', { x: left, y: i * Row + 5, height: Row - 9, width: Math.max(1, reach * share), rx: 2 }),
      svg('text', { x: left + Math.max(1, reach * share) + 6, y: i * Row + 16 }, `${Math.round(100 * share)} %`)))),
    html('figcaption', {}, `Share of the variance over the whole space, from ${found.trials} trials.`)];
}
