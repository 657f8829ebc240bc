// What a study's head says of it.
import type { Study } from './api.js';
import { duration, html } from './dom.js';
import { bestValue, budget, progress } from './studies.js';

export function facts(study: Study): HTMLElement[] {
  const best = typeof study.best === 'number' || study.best === null ? '' : `trial ${study.best.number}`;
  const counts = Object.entries(study.trialCounts).filter(([, count]) => count > 0).map(([name, count]) => `${count} ${name}`).join(', ');
  return [
    typeof study.best === 'number'
      ? fact('Pareto front', 'best', `${study.best} trials`, study.objectives.map(({ metric }) => metric).join(', '))
      : fact(`best ${study.objectives[0].metric}`, 'best', bestValue(study), best),
    fact('trials', 'count', budget(study), progress(study), counts),
    fact('time', 'time', duration(study.createdAt, study.completedAt), study.completionReason === null ? '' : `ended by ${study.completionReason}`),
    fact('search', 'search', study.sampler.kind, study.pruner.kind === 'none' ? '' : `pruner ${study.pruner.kind}`),
    fact('runner', 'runner', study.runner.model ?? study.runner.kind, study.runner.dataset ?? ''),
  ];
}

function fact(term: string, id: string, value: string, ...more: (HTMLElement | string)[]): HTMLElement {
  return html('div', {}, html('dt', {}, term), html('dd', {},
    html('strong', { id }, value), ...more.map(part => typeof part === 'string' ? html('small', {}, part) : part)));
}
