// The page: what the fragment names is shown and followed.
import { html } from './dom.js';
import { ask } from './key.js';
import { follow } from './live.js';
import { StudiesView } from './studies.js';
import { StudyView } from './study.js';

const page = document.getElementById('page')!;
let leave = () => {};

function show(): void {
  leave();
  const name = /^#\/studies\/([^/]+)$/.exec(location.hash)?.[1];
  const view = name === undefined ? new StudiesView() : new StudyView(name);
  document.title = `${view.title} · HpoService`;
  page.replaceChildren(view.element);
  leave = follow(view.path, view.events, () => view.draw(), problem => page.replaceChildren(problem.status === 401
    ? ask(problem.message, show)
    : html('p', { class: 'empty' }, problem.message, ' ', html('a', { href: '#/' }, 'All studies'))));
}

addEventListener('hashchange', show);
show();
