// Two objectives: the trials, and those that no other one dominates.
import { short, svg } from './dom.js';
import type { Objective, Trial, Values } from './api.js';
import type { Parallel } from './insights.js';
import { below, box, columns, plot, rows } from './plot.js';
import { around } from './scale.js';

interface Point { readonly number: number; readonly x: number; readonly y: number }

export function pareto(found: Parallel, front: readonly Trial[], [first, second]: readonly [Objective, Objective], width: number): Element | null {
  const point = (trial: { readonly number: number; readonly values?: Values | null }): Point =>
    ({ number: trial.number, x: Number(trial.values?.[first.metric]), y: Number(trial.values?.[second.metric]) });
  const isKnown = (p: Point) => Number.isFinite(p.x) && Number.isFinite(p.y);
  const [others, best] = [found.lines.map(point).filter(isKnown), front.map(point).filter(isKnown).sort((a, b) => a.x - b.x)];
  if (best.length === 0) return null;
  const frame = box(width, 276);
  const all = [...others, ...best];
  const x = around(all.map(p => p.x), frame.left + 4, frame.right - 4, width / 110);
  const y = around(all.map(p => p.y), frame.bottom, frame.top, 5);
  const dot = (p: Point, name: string, r: number) => svg('circle', { class: name, cx: x.at(p.x), cy: y.at(p.y), r },
    svg('title', {}, `trial ${p.number}: ${first.metric} ${short(p.x)}, ${second.metric} ${short(p.y)}`));
  // Between two points of the front only the worse of both in each objective is known to be reached.
  const corner = (b: Point) => first.direction === 'maximize' ? `V${y.at(b.y)}H${x.at(b.x)}` : `H${x.at(b.x)}V${y.at(b.y)}`;
  return plot(width, frame.height, `${second.metric} over ${first.metric}, ${best.length} trials on the front`,
    rows(frame, y), columns(frame, x.ticks.map(tick => [x.at(tick), short(tick)] as const)), below(frame, first.metric),
    svg('text', { class: 'unit', x: frame.left + 4, y: frame.top + 8 }, second.metric),
    svg('g', {}, ...others.map(p => dot(p, 'dot', 2.6))),
    svg('path', { class: 'best', id: 'front', d: best.map((p, i) => i === 0 ? `M${x.at(p.x)},${y.at(p.y)}` : corner(p)).join('') }),
    svg('g', {}, ...best.map(p => dot(p, 'dot best-dot', 4))));
}
