// Nodes and text. Whatever comes from the service becomes a text node or an attribute, never markup.
import type { StudyState, TrialState, Values } from './api.js';

type Attributes = Readonly<Record<string, string | number>>;
export type Child = Node | string | null;

function fill<T extends Element>(node: T, attributes: Attributes, children: readonly Child[]): T {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, String(value));
  node.append(...children.filter(child => child !== null));
  return node;
}

export const html = <K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]) =>
  fill(document.createElement(tag), attributes, children);

export const svg = <K extends keyof SVGElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]) =>
  fill(document.createElementNS('http://www.w3.org/2000/svg', tag), attributes, children);

export const state = (name: StudyState | TrialState) => html('span', { class: `state ${name}` }, name);

/** A number in at most five digits, or another number of them, 1.5e-6 and 4e9 rather than with many zeros; everything else as it is. */
export const short = (value: unknown, most = 5) => typeof value === 'number' ? digits(Number(value.toPrecision(most))) : value === undefined ? '' : String(value);

const digits = (value: number) => {
  const size = Math.abs(value);
  return size > 0 && size < 1e-4 || size >= 1e7 && size < Infinity ? value.toExponential().replace('+', '') : String(value);
};

/** A value as a number: what the contract writes as "NaN" or "Infinity" too. */
export const number = (values: Values | null, metric: string) => values && Object.hasOwn(values, metric) ? Number(values[metric]) : undefined;

export const time = (iso: string) =>
  html('time', { datetime: iso, title: iso }, new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' }));

/** From one time to another, or to now, in the two largest units. */
export function duration(from: string, to: string | null): string {
  const seconds = Math.max(0, (to === null ? Date.now() : Date.parse(to)) - Date.parse(from)) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor(seconds % 3600 / 60)} min`;
}
