// The frame that charts share.
import { short, svg } from './dom.js';
import type { Scale } from './scale.js';

export interface Box { readonly width: number; readonly height: number; readonly left: number; readonly right: number; readonly top: number; readonly bottom: number }

/** With room for a line of values below it, and for one that says what they are. */
export const box = (width: number, height: number, hasUnit = true): Box => ({ width, height, left: 56, right: width - 10, top: 10, bottom: height - (hasUnit ? 44 : 28) });

/** A drawing with a name for who cannot see it. */
export const plot = (width: number, height: number, label: string, ...parts: (SVGElement | null)[]) =>
  svg('svg', { width, height, viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': label }, ...parts);

/** Horizontal lines with their values on the left. */
export const rows = (to: Box, scale: Scale) => svg('g', {}, ...scale.ticks.map(tick => svg('g', {},
  svg('line', { class: 'grid', x1: to.left, x2: to.right, y1: scale.at(tick), y2: scale.at(tick) }),
  svg('text', { x: to.left - 7, y: scale.at(tick) + 4, 'text-anchor': 'end' }, short(tick)))));

/** Values below the frame, the outer ones kept inside of it. */
export const columns = (to: Box, labels: readonly (readonly [position: number, text: string])[]) => svg('g', {}, ...labels.map(([x, text]) =>
  svg('text', { x, y: to.bottom + 18, 'text-anchor': x < to.left + 14 ? 'start' : x > to.right - 14 ? 'end' : 'middle' }, cut(text, to, labels.length))));

/** What is measured along the x axis. */
export const below = (to: Box, text: string) => svg('text', { class: 'unit', x: to.right, y: to.bottom + 35, 'text-anchor': 'end' }, text);

const cut = (text: string, to: Box, count: number) => {
  const most = Math.max(3, Math.floor((to.right - to.left) / count / 7));
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
};
