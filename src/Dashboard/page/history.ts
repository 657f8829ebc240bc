// Values by trial or by time, and the best so far.
import { html, short, svg } from './dom.js';
import type { HistoryPoint, TrialHistory } from './insights.js';
import { below, box, columns, plot, rows } from './plot.js';
import { around, within } from './scale.js';

export function history(found: TrialHistory, byTime: boolean, width: number): Element {
  if (found.points.length === 0) return html('p', { class: 'dim empty' }, 'No trial has a value yet.');
  const frame = box(width, 276);
  const points = byTime ? found.points.filter(point => point.seconds !== undefined) : found.points;
  const best = byTime ? found.bestByTime : found.bestByTrial;
  const along = (point: HistoryPoint) => byTime ? point.seconds! : point.number;
  const last = byTime ? Math.max(1e-3, ...points.map(along), ...best.map(along)) : Math.max(1, found.lastNumber ?? 1);
  const y = around([...found.points, ...best].map(point => point.value), frame.bottom, frame.top, 5);
  const x = within(0, last, frame.left + 4, frame.right - 4, Math.min(last, width / 110));
  const place = (point: HistoryPoint) => ({ cx: x.at(along(point)), cy: y.at(point.value) });
  return plot(width, frame.height, `${found.metric} by ${byTime ? 'time' : 'trial'}, and the best so far`,
    rows(frame, y),
    columns(frame, x.ticks.filter(tick => byTime || Number.isInteger(tick)).map(tick => [x.at(tick), short(tick)] as const)),
    below(frame, byTime ? 'seconds' : 'trial'),
    svg('g', {}, ...points.map(point => svg('circle', { class: `dot ${point.feasible === false ? 'broken' : point.state}`, ...place(point), r: 3.2 },
      svg('title', {}, `trial ${point.number}, ${point.feasible === false ? 'breaks a constraint' : point.state}: ${short(point.value)}`)))),
    best.length === 0 ? null : svg('path', {
      class: 'best', id: 'best-so-far',
      d: best.map((point, i) => i === 0 ? `M${x.at(along(point))},${y.at(point.value)}` : `H${x.at(along(point))}V${y.at(point.value)}`).join('') + `H${x.at(last)}`,
    }));
}
