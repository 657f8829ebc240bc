// What the insight calls answer; the names are the contract's.
import type { Parameter, ParameterValue, TrialState } from './api.js';

interface OfMetric { readonly metric: string; readonly direction?: 'minimize' | 'maximize'; readonly trials: number }

export interface HistoryPoint { readonly number: number; readonly state: TrialState; readonly value: number; readonly seconds?: number; readonly feasible?: boolean }
export interface TrialHistory extends OfMetric {
  readonly lastNumber?: number;
  readonly points: readonly HistoryPoint[];
  readonly bestByTrial: readonly HistoryPoint[];
  readonly bestByTime: readonly HistoryPoint[];
}

export interface Importances {
  readonly trials: number;
  readonly importances: readonly { readonly parameter: string; readonly importance: number }[];
  readonly interactions?: number;
}

export interface Slice {
  readonly parameter: Parameter;
  readonly trials: number;
  readonly points: readonly { readonly number: number; readonly x: ParameterValue; readonly y: number; readonly feasible?: boolean }[];
}
export interface Slices extends OfMetric { readonly slices: readonly Slice[] }

export interface Line {
  readonly number: number;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly values: Readonly<Record<string, number>>;
  readonly feasible?: boolean;
}
export interface Parallel extends OfMetric { readonly parameters: readonly Parameter[]; readonly lines: readonly Line[] }

export interface Curve {
  readonly number: number;
  readonly state: TrialState;
  readonly points: readonly { readonly step: number; readonly value: number }[];
}
export interface Curves extends OfMetric { readonly curves: readonly Curve[] }

export interface ContourAxis { readonly parameter: Parameter; readonly values: readonly ParameterValue[] }
export interface ContourCell { readonly x: number; readonly y: number; readonly count: number; readonly mean: number; readonly best: number; readonly bestNumber: number; readonly feasible?: boolean }
export interface Contour extends OfMetric { readonly x: ContourAxis; readonly y: ContourAxis; readonly cells: readonly ContourCell[] }

/** Larger is better, and what breaks a constraint is behind all others: the sign flips here only. */
export const score = (insight: OfMetric, value: number, feasible?: boolean) => feasible === false ? -Infinity : insight.direction === 'maximize' ? value : -value;
