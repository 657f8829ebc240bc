// Two views, by the fragment: #/ lists studies, #/studies/NAME shows one. Both follow the service's events and draw again at each.
const page = document.getElementById('page');
let leave = () => {};

const get = async path => {
  const response = await fetch(`/api/v1/${path}`);
  if (!response.ok) throw new Error((await response.json()).detail ?? response.statusText);
  return response.json();
};

const element = (tag, attributes = {}, ...children) => {
  const svg = ['svg', 'circle', 'path', 'line', 'text'].includes(tag);
  const node = svg ? document.createElementNS('http://www.w3.org/2000/svg', tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children.filter(child => child !== null));
  return node;
};

const short = value => typeof value === 'number' ? String(+value.toPrecision(5)) : value === undefined ? '' : String(value);
const state = name => element('span', { class: `state ${name}` }, name);
const row = (cells, tag = 'td', attributes = {}) => element('tr', attributes, ...cells.map(cell => element(tag, {}, cell)));
const table = (head, rows) => element('div', { class: 'scroll' }, element('table', {}, element('thead', {}, row(head, 'th')), element('tbody', {}, ...rows)));
const metricOf = study => study.objectives[0].metric;
const bestValue = study => study.best?.values ? short(study.best.values[metricOf(study)]) : study.best?.frontSize ? `front of ${study.best.frontSize}` : '';
const total = study => Object.values(study.trialCounts).reduce((sum, count) => sum + count, 0);

// Draws at once and after each event, at most every 200 ms.
function follow(path, names, draw) {
  let timer = null;
  const run = () => { timer = null; draw().catch(error => page.replaceChildren(element('p', {}, error.message))); };
  const events = new EventSource(`/api/v1/${path}`);
  for (const name of names) events.addEventListener(name, () => { timer ??= setTimeout(run, 200); });
  run();
  return () => { events.close(); clearTimeout(timer); };
}

async function drawStudies() {
  const { items } = await get('studies?limit=1000');
  page.replaceChildren(
    element('h1', {}, 'Studies'),
    items.length === 0
      ? element('p', { class: 'dim' }, 'None yet. Submit one: ./hpo submit study.json, or POST /api/v1/studies.')
      : table(['study', 'state', 'trials', 'metric', 'best', 'created'], items.map(study => row([
          element('a', { href: `#/studies/${encodeURIComponent(study.name)}` }, study.name), state(study.state),
          `${total(study)}${study.budget.maxTrials ? ` / ${study.budget.maxTrials}` : ''}`, metricOf(study), bestValue(study),
          new Date(study.createdAt).toLocaleString()]))));
}

async function allTrials(name) {
  const items = [];
  for (let after = ''; after !== null;) {
    const part = await get(`studies/${name}/trials?limit=1000${after && `&after=${after}`}`);
    items.push(...part.items);
    after = part.next;
  }
  return items;
}

function chart(trials, metric, maximize) {
  const points = trials.filter(trial => trial.state === 'completed' && metric in trial.values).map(trial => [trial.number, trial.values[metric]]);
  if (points.length === 0) return element('p', { class: 'dim' }, 'No trial has completed yet.');
  const [width, height, left, bottom] = [900, 240, 60, 24];
  const values = points.map(point => point[1]);
  const [low, high, last] = [Math.min(...values), Math.max(...values), Math.max(1, points[points.length - 1][0])];
  const x = number => left + number / last * (width - left - 10);
  const y = value => 10 + (high === low ? 0.5 : (high - value) / (high - low)) * (height - bottom - 20);
  let best = points[0][1];
  const path = points.map(([number, value], i) => {
    best = maximize ? Math.max(best, value) : Math.min(best, value);
    return i === 0 ? `M${x(number)},${y(best)}` : `H${x(number)}V${y(best)}`;
  }).join('');
  return element('svg', { viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': `${metric} by trial, and the best so far` },
    element('line', { class: 'axis', x1: left, x2: width - 10, y1: height - bottom, y2: height - bottom }),
    element('text', { x: 4, y: y(high) + 4 }, short(high)), element('text', { x: 4, y: y(low) + 4 }, short(low)),
    element('text', { x: left, y: height - 6 }, 'trial 0'), element('text', { x: width - 40, y: height - 6 }, String(last)),
    ...points.map(([number, value]) => element('circle', { class: 'dot', cx: x(number), cy: y(value), r: 3 })),
    element('path', { class: 'best', id: 'best-so-far', d: path }));
}

async function drawStudy(name) {
  const [study, trials] = await Promise.all([get(`studies/${name}`), allTrials(name)]);
  const metric = metricOf(study);
  const parameters = study.parameters.map(parameter => parameter.name);
  page.replaceChildren(
    element('h1', {}, study.name, ' ', state(study.state)),
    element('p', { class: 'dim' }, `${study.description ?? ''} ${study.completionReason ?? ''}`),
    element('p', {}, `${total(study)} trials · best ${metric} ${bestValue(study)}`),
    chart(trials, metric, study.objectives[0].direction === 'maximize'),
    table(['trial', 'state', metric, 'step', ...parameters, 'by', 'note'], trials.toReversed().slice(0, 500).map(trial => {
      const latest = trial.measurements[trial.measurements.length - 1];
      return row([String(trial.number), state(trial.state), short(trial.values?.[metric] ?? latest?.values[metric]), short(latest?.step),
        ...parameters.map(parameter => short(trial.parameters[parameter])), trial.suggestedBy ?? '', trial.error ?? ''],
        'td', study.best?.number === trial.number ? { class: 'best' } : {});
    })),
    trials.length > 500 ? element("p", { class: "dim" }, `The latest 500 of ${trials.length}.`) : "");
}

function route() {
  leave();
  const match = location.hash.match(/^#\/studies\/([^/]+)$/);
  leave = match
    ? follow(`studies/${match[1]}/events`, ['trial', 'study'], () => drawStudy(match[1]))
    : follow('events', ['study'], drawStudies);
}

addEventListener('hashchange', route);
route();
