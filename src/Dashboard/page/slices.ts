// A small chart for each parameter: its values and the metric.
import { html, short, svg } from './dom.js';
import { score } from './insights.js';
import type { Slice, Slices } from './insights.js';
import { box, columns, plot, rows } from './plot.js';
import { around, ofParameter } from './scale.js';

export function slices(found: Slices, width: number): Element[] {
  return found.slices.map(slice => html('figure', { class: 'slice' }, html('figcaption', {}, slice.parameter.name),
    slice.points.length === 0 ? html('p', { class: 'dim' }, 'No completed trial has it.') : chart(found, slice, width)));
}

function chart(found: Slices, slice: Slice, width: number): Element {
  const frame = box(width, 170, false);
  const y = around(slice.points.map(point => point.y), frame.bottom, frame.top, 4);
  const x = ofParameter(slice.parameter, frame.left + 6, frame.right - 6, Math.floor(width / 70), short);
  const best = slice.points.reduce((a, b) => score(found, b.y, b.feasible) > score(found, a.y, a.feasible) ? b : a);
  return plot(width, frame.height, `${found.metric} by ${slice.parameter.name}`, rows(frame, y), columns(frame, x.labels),
    svg('g', {}, ...[...slice.points.filter(point => point !== best), best].map(point => svg('circle', {
      class: point.feasible === false ? 'dot broken' : point === best ? 'dot best-dot' : 'dot', cx: x.at(point.x), cy: y.at(point.y), r: point === best ? 4.5 : 2.6,
    }, svg('title', {}, `trial ${point.number}: ${slice.parameter.name} ${short(point.x)}, ${found.metric} ${short(point.y)}`)))));
}
