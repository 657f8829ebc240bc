// What trials measured on the way.
import { short, svg } from './dom.js';
import { score } from './insights.js';
import type { Curves } from './insights.js';
import { below, box, columns, plot, rows } from './plot.js';
import { around, within } from './scale.js';

export function curves(found: Curves, width: number): Element | null {
  const shown = found.curves.filter(curve => curve.points.length > 1);
  if (shown.length === 0) return null;
  const frame = box(width, 256);
  const steps = shown.flatMap(curve => curve.points.map(point => point.step));
  const [first, last] = [steps.reduce((a, b) => Math.min(a, b)), steps.reduce((a, b) => Math.max(a, b))];
  const x = within(first, last, frame.left + 4, frame.right - 4, Math.min(last - first, width / 90));
  const y = around(shown.flatMap(curve => curve.points.map(point => point.value)), frame.bottom, frame.top, 5);
  const end = (i: number) => score(found, shown[i]!.points.at(-1)!.value);
  const best = shown.reduce((top, curve, i) => curve.state === 'completed' && (top < 0 || end(i) > end(top)) ? i : top, -1);
  return plot(width, frame.height, `${found.metric} by step of ${shown.length} trials`,
    rows(frame, y), columns(frame, x.ticks.filter(Number.isInteger).map(tick => [x.at(tick), short(tick)] as const)), below(frame, 'step'),
    svg('g', {}, ...shown.map((curve, i) => svg('path', {
      class: `curve ${curve.state}${i === best ? ' best-line' : ''}`,
      d: curve.points.map((point, k) => `${k === 0 ? 'M' : 'L'}${x.at(point.step)},${y.at(point.value)}`).join(''),
    }, svg('title', {}, `trial ${curve.number}, ${curve.state}: ${short(curve.points.at(-1)!.value)}`)))));
}
