// Values by trial, and the best so far.
import type { Trial } from './api.js';
import { html, number, short, svg } from './dom.js';
import { decades, steps } from './ticks.js';

const Height = 260;
const [Left, Right, Top, Bottom] = [64, 12, 12, 30];
const MostDots = 3000; // beyond that a browser redraws too slowly: dots are of the latest, the line is of all
const Shown = new Set(['completed', 'pruned', 'running']);

interface Point { readonly trial: Trial; readonly value: number }

/** A chart as wide as its place; text when there is nothing to draw. */
export function chart(trials: readonly Trial[], metric: string, isMaximized: boolean, width: number): Element {
  const points = trials.flatMap((trial): Point[] => {
    const value = number(trial.values ?? trial.measurements.at(-1)?.values, metric);
    return value !== undefined && Number.isFinite(value) && Shown.has(trial.state) ? [{ trial, value }] : [];
  });
  if (points.length === 0) return html('p', { class: 'dim empty' }, 'No trial has a value yet.');

  const [low, high] = points.reduce(([l, h], p) => [Math.min(l, p.value), Math.max(h, p.value)] as const, [Infinity, -Infinity] as const);
  const isLog = low > 0 && high / low > 100;
  const scale = (value: number) => isLog ? Math.log10(value) : value;
  const ticks = isLog ? decades(low, high) : steps(low, high, 5);
  const [bottom, top] = [scale(Math.min(low, ...ticks)), scale(Math.max(high, ...ticks))];
  const last = Math.max(1, trials.at(-1)?.number ?? 1);
  const x = (n: number) => Left + n / last * (width - Left - Right);
  const y = (value: number) => Top + (top === bottom ? 0.5 : (top - scale(value)) / (top - bottom)) * (Height - Top - Bottom);

  return svg('svg', { width, height: Height, viewBox: `0 0 ${width} ${Height}`, role: 'img', 'aria-label': `${metric} by trial, and the best so far` },
    ...ticks.map(tick => svg('g', {},
      svg('line', { class: 'grid', x1: Left, x2: width - Right, y1: y(tick), y2: y(tick) }),
      svg('text', { x: Left - 8, y: y(tick) + 4, 'text-anchor': 'end' }, short(tick)))),
    ...steps(0, last, Math.min(last, width / 110)).filter(n => Number.isInteger(n) && n <= last).map(n =>
      svg('text', { x: x(n), y: Height - 10, 'text-anchor': 'middle' }, n === 0 ? 'trial 0' : String(n))),
    ...points.slice(-MostDots).map(({ trial, value }) => svg('circle', { class: `dot ${trial.state}`, cx: x(trial.number), cy: y(value), r: 3.2 },
      svg('title', {}, `trial ${trial.number}, ${trial.state}: ${short(value)}`))),
    svg('path', { class: 'best', id: 'best-so-far', d: bestSoFar(points, isMaximized, x, y, last) }));
}

function bestSoFar(points: readonly Point[], isMaximized: boolean, x: (n: number) => number, y: (value: number) => number, last: number): string {
  let best: number | undefined;
  let path = '';
  for (const { trial, value } of points) {
    if (trial.state !== 'completed' || (best !== undefined && !(isMaximized ? value > best : value < best))) continue;
    path += best === undefined ? `M${x(trial.number)},${y(value)}` : `H${x(trial.number)}V${y(value)}`;
    best = value;
  }
  return path && `${path}H${x(last)}`;
}
