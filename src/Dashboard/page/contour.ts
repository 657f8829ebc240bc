// Two parameters as a grid of cells, the better the stronger in colour, which is another one where no trial keeps the constraints.
import { html, short, svg } from './dom.js';
import { score } from './insights.js';
import type { Contour, ContourAxis, ContourCell } from './insights.js';
import { box, columns, plot } from './plot.js';

const Height = 320;

export function contour(found: Contour, width: number): Element {
  if (found.cells.length === 0) return html('p', { class: 'dim' }, 'No completed trial has both.');
  const frame = { ...box(width, Height, false), left: 92 };
  const [across, up] = [(frame.right - frame.left) / found.x.values.length, (frame.bottom - frame.top) / found.y.values.length];
  const text = (axis: ContourAxis, i: number) => brief(axis.values[i]);
  // By rank: one cell far off would make all others look alike.
  const means = [...new Set(found.cells.map(cell => score(found, cell.mean)))].sort((a, b) => a - b);
  const rank = new Map(means.map((mean, i) => [mean, means.length === 1 ? 1 : i / (means.length - 1)]));
  const best = found.cells.reduce((a, b) => score(found, b.best, b.feasible) > score(found, a.best, a.feasible) ? b : a);
  const cell = (of: ContourCell) => svg('rect', {
    class: `cell${of.feasible === false ? ' broken' : of === best ? ' best-cell' : ''}`, x: frame.left + of.x * across, y: frame.bottom - (of.y + 1) * up, width: across, height: up,
    'fill-opacity': ((0.06 + 0.94 * rank.get(score(found, of.mean))!) * (of.feasible === false ? 0.5 : 1)).toFixed(3),
  }, svg('title', {}, `${found.x.parameter.name} ${text(found.x, of.x)}, ${found.y.parameter.name} ${text(found.y, of.y)}: ${found.metric} ${short(of.mean)} on average of ${of.count}, best ${short(of.best)} in trial ${of.bestNumber}${of.feasible === false ? ', which breaks a constraint' : ''}`));
  const labels = every(found.x, Math.floor(width / 90)).map(i => [frame.left + (i + 0.5) * across, text(found.x, i)] as const);
  return plot(width, Height, `${found.metric} by ${found.x.parameter.name} and ${found.y.parameter.name}`,
    svg('rect', { class: 'field', x: frame.left, y: frame.top, width: frame.right - frame.left, height: frame.bottom - frame.top }),
    svg('g', {}, ...found.cells.filter(of => of !== best).map(cell), cell(best)), columns(frame, labels),
    svg('g', {}, ...every(found.y, 10).map(i => svg('text', { x: frame.left - 7, y: frame.bottom - (i + 0.5) * up + 4, 'text-anchor': 'end' }, text(found.y, i)))));
}

const brief = (value: unknown) => {
  const all = short(value, 3);
  return all.length > 12 ? `${all.slice(0, 11)}…` : all;
};

/** So many of an axis's bins as have room for their value. */
const every = (axis: ContourAxis, most: number) => {
  const step = Math.ceil(axis.values.length / Math.max(2, most));
  return axis.values.map((_, i) => i).filter(i => i % step === 0);
};
