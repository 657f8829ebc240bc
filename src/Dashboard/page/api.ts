// What the page reads of the HTTP contract; the names are the contract's.

export type Values = Readonly<Record<string, number | string>>; // a string is "NaN", "Infinity" or "-Infinity"
export interface Measurement { readonly step: number; readonly values: Values }

export type TrialState = 'queued' | 'running' | 'completed' | 'pruned' | 'infeasible' | 'failed' | 'canceled';
export interface Trial {
  readonly number: number;
  readonly state: TrialState;
  readonly parameters: Readonly<Record<string, number | string | boolean>>;
  readonly attempt: number;
  readonly worker?: string;
  readonly measurements: readonly Measurement[];
  readonly values?: Values;
  readonly error?: string;
  readonly startedAt?: string;
  readonly completedAt?: string;
}

export type StudyState = 'active' | 'paused' | 'completed' | 'canceled' | 'failed';
export interface Objective { readonly metric: string; readonly direction: 'minimize' | 'maximize' }
export interface Study {
  readonly id: number;
  readonly name: string;
  readonly description?: string;
  readonly state: StudyState;
  readonly completionReason?: string;
  readonly createdAt: string;
  readonly completedAt?: string;
  readonly objectives: readonly [Objective, ...Objective[]];
  readonly parameters: readonly { readonly name: string }[];
  readonly sampler: { readonly kind: string };
  readonly pruner: { readonly kind: string };
  readonly budget: { readonly maxTrials?: number };
  readonly runner: { readonly kind: string; readonly model?: string; readonly dataset?: string };
  readonly trialCounts: Readonly<Record<TrialState, number>>;
  readonly best?: Trial | { readonly frontSize: number };
  readonly version: number;
}

export interface Worker { readonly name: string; readonly state: string; readonly slots: number; readonly runningTrials: number }
export interface Part<T> { readonly items: readonly T[]; readonly next: string | null }

/** The service answered, but with a problem. */
export class Problem extends Error {
  constructor(readonly status: number, detail: string) { super(detail); }
}

async function send<T>(path: string, method: string): Promise<T> {
  const response = await fetch(`/api/v1/${path}`, { method });
  if (response.ok) return await response.json() as T;
  const problem = await response.json().catch(() => ({})) as { detail?: string };
  throw new Problem(response.status, problem.detail ?? `${response.status} ${response.statusText}`);
}

export const get = <T>(path: string) => send<T>(path, 'GET');
export const post = <T>(path: string) => send<T>(path, 'POST');

/** All parts of a list, at most `parts` of them. */
export async function getAll<T>(path: string, parts = Infinity): Promise<T[]> {
  const items: T[] = [];
  let after: string | null = '';
  for (let i = 0; after !== null && i < parts; i++) {
    const part: Part<T> = await get<Part<T>>(`${path}${path.includes('?') ? '&' : '?'}limit=1000${after && `&after=${encodeURIComponent(after)}`}`);
    items.push(...part.items);
    after = part.next;
  }
  return items;
}
