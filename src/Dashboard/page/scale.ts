// Values to pixels.
import type { Parameter, ParameterValue } from './api.js';
import { decades, steps } from './ticks.js';

export interface Scale {
  readonly at: (value: number) => number;
  readonly ticks: readonly number[];
}

const spread = (values: readonly number[]) =>
  values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)] as const, [Infinity, -Infinity] as const);

/** From round number to round number around all the values; logarithmic when they span over two decades. */
export function around(values: readonly number[], from: number, to: number, count: number): Scale {
  const [low, high] = spread(values);
  const isLog = low > 0 && high / low > 100;
  const ticks = isLog ? decades(low, high) : steps(low, high, count);
  return between(Math.min(low, ...ticks), Math.max(high, ...ticks), from, to, isLog, ticks);
}

/** From one value to another, with the round numbers in between. */
export function within(low: number, high: number, from: number, to: number, count: number, isLog = false): Scale {
  const ticks = isLog && high / low >= 10 ? decades(low, high) : steps(low, high, count);
  return between(low, high, from, to, isLog, ticks.filter(tick => tick >= low && tick <= high));
}

function between(low: number, high: number, from: number, to: number, isLog: boolean, ticks: readonly number[]): Scale {
  const measure = (value: number) => isLog ? Math.log(value) : value;
  const [bottom, top] = [measure(low), measure(high)];
  return { ticks, at: value => from + (to - from) * (top === bottom ? 0.5 : (measure(value) - bottom) / (top - bottom)) };
}

/** A parameter's values to pixels; a choice is in the middle of its share. */
export interface ParameterScale {
  readonly at: (value: ParameterValue) => number;
  readonly labels: readonly (readonly [position: number, text: string])[];
}

export function ofParameter(parameter: Parameter, from: number, to: number, count: number, text: (value: unknown) => string): ParameterScale {
  const choices = parameter.type === 'boolean' ? [false, true] : parameter.choices ?? parameter.values;
  if (choices === undefined) {
    const scale = within(parameter.low!, parameter.high!, from, to, count, parameter.scale === 'log');
    return { at: value => scale.at(Number(value)), labels: scale.ticks.map(tick => [scale.at(tick), text(tick)] as const) };
  }

  const at = (i: number) => from + (to - from) * (i + 0.5) / choices.length;
  const every = Math.ceil(choices.length / Math.max(2, count));
  return {
    at: value => at(choices.indexOf(value)),
    labels: choices.map((choice, i) => [at(i), text(choice)] as const).filter((_, i) => i % every === 0),
  };
}
