// Each trial is a line across all parameters to its value.
import { html, short, svg } from './dom.js';
import { score } from './insights.js';
import type { Line, Parallel } from './insights.js';
import { plot } from './plot.js';
import { around, ofParameter } from './scale.js';

const [Top, Bottom, Height] = [34, 250, 262];

export function parallel(found: Parallel, width: number): Element {
  if (found.lines.length === 0) return html('p', { class: 'dim' }, 'No trial is completed yet.');
  const axes = found.parameters.map(parameter => ({ name: parameter.name, ...ofParameter(parameter, Bottom, Top, 5, short) }));
  const values = around(found.lines.map(line => line.values[found.metric]!), Bottom, Top, 5);
  const every = Math.max(96, (width - 120) / axes.length);
  const x = (i: number) => 40 + i * every;
  const all = Math.max(width, x(axes.length) + 80);
  const ranked = [...found.lines].sort((a, b) => score(found, a.values[found.metric]!) - score(found, b.values[found.metric]!));

  // An inactive parameter has no value: the line goes below its axis.
  const path = (line: Line) => [
    ...axes.map((axis, i) => [x(i), line.parameters[axis.name] === undefined ? Height - 4 : axis.at(line.parameters[axis.name]!)]),
    [x(axes.length), values.at(line.values[found.metric]!)]].map(([px, py], i) => `${i === 0 ? 'M' : 'L'}${px},${py}`).join('');
  const axis = (name: string, i: number, labels: readonly (readonly [number, string])[]) => svg('g', {},
    svg('line', { class: 'axis', x1: x(i), x2: x(i), y1: Top, y2: Bottom }),
    svg('text', { class: 'name', x: x(i), y: 14, 'text-anchor': 'middle' }, name.length * 7 > every ? `${name.slice(0, Math.floor(every / 7) - 1)}…` : name, svg('title', {}, name)),
    ...labels.map(([y, text]) => svg('text', { class: 'over', x: x(i) + 5, y: y + 4 }, text.length > 11 ? `${text.slice(0, 10)}…` : text)));

  return plot(all, Height, `the parameters of ${found.lines.length} of ${found.trials} trials and their ${found.metric}`,
    svg('g', { class: 'lines' }, ...ranked.map((line, i) => svg('path', {
      class: i === ranked.length - 1 ? 'line best-line' : i >= ranked.length * 0.85 ? 'line top' : 'line', d: path(line),
    }, svg('title', {}, `trial ${line.number}: ${short(line.values[found.metric])}`)))),
    ...axes.map((a, i) => axis(a.name, i, a.labels)),
    axis(found.metric, axes.length, values.ticks.map(tick => [values.at(tick), short(tick)] as const)));
}
