// What the page reads of the HTTP contract; the names are the contract's.
import { authorization } from './key.js';

export type Values = Readonly<Record<string, number | string>>; // a string is "NaN", "Infinity" or "-Infinity"
export interface Measurement { readonly step: number; readonly values: Values }

export type TrialState = 'queued' | 'running' | 'completed' | 'pruned' | 'infeasible' | 'failed' | 'canceled';
export interface Trial {
  readonly number: number;
  readonly state: TrialState;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly attempt: number;
  readonly worker: string | null;
  readonly measurements: readonly Measurement[];
  readonly values: Values | null;
  readonly error: string | null;
  readonly startedAt: string | null;
  readonly completedAt: string | null;
}

export type ParameterValue = number | string | boolean;
export interface Parameter {
  readonly name: string;
  readonly type: 'float' | 'int' | 'ordinal' | 'categorical' | 'boolean';
  readonly low?: number;
  readonly high?: number;
  readonly scale?: 'linear' | 'log';
  readonly values?: readonly ParameterValue[];
  readonly choices?: readonly ParameterValue[];
}

export type StudyState = 'active' | 'paused' | 'completed' | 'canceled' | 'failed';
export interface Objective { readonly metric: string; readonly direction: 'minimize' | 'maximize' }
export interface Study {
  readonly id: number;
  readonly name: string;
  readonly description: string | null;
  readonly state: StudyState;
  readonly completionReason: string | null;
  readonly createdAt: string;
  readonly completedAt: string | null;
  readonly objectives: readonly [Objective, ...Objective[]];
  readonly parameters: readonly Parameter[];
  readonly sampler: { readonly kind: string };
  readonly pruner: { readonly kind: string };
  readonly budget: { readonly maxTrials?: number };
  readonly runner: { readonly kind: string; readonly model?: string; readonly dataset?: string };
  readonly trialCounts: Readonly<Record<TrialState, number>>;
  /** The best trial; of several objectives the size of the front. */
  readonly best: Trial | number | null;
  readonly version: number;
}

export interface Worker { readonly name: string; readonly state: string; readonly slots: number; readonly runningTrials: number }
export interface Part<T> { readonly items: readonly T[]; readonly next: string | null }

/** The service answered, but with a problem. */
export class Problem extends Error {
  constructor(readonly status: number, detail: string) { super(detail); }
}

async function send<T>(path: string, method: string): Promise<T> {
  const response = await fetch(`/api/v1/${path}`, { method, headers: authorization() });
  if (response.ok) return await response.json() as T;
  const problem = await response.json().catch(() => ({})) as { detail?: string };
  throw new Problem(response.status, problem.detail ?? `${response.status} ${response.statusText}`);
}

export const get = <T>(path: string) => send<T>(path, 'GET');
export const post = <T>(path: string) => send<T>(path, 'POST');
