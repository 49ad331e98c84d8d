// The page of a run that goes on: it hears what is new from the harness (server-sent events) and tells it
// what a person at the device says.

const { key } = data;
const patience = 3000;  // a stream ends now and then, and is there again
let events = null;
let lost = null;
let prompt = 0;
let pastShown = '';

function put(id, text) {
  if (section(id).textContent !== text) section(id).textContent = text;
}

function tell(path, body) {
  return fetch(path, { method: 'POST', body: JSON.stringify({ key, ...body }) }).catch(() => {});
}

function answer(done) {
  section('prompt').hidden = true;
  tell('answer', { prompt, done });
}

function showPrompt(state) {
  const asked = state.prompt;
  const isNew = asked && asked.id !== prompt;
  prompt = asked ? asked.id : 0;
  if (!asked) section('prompt').hidden = true;
  if (!asked) return;
  put('time-left', asked.left > 0 ? `${Math.ceil(asked.left)} s left` : '');
  if (!isNew) return;
  put('task', asked.task);
  section('prompt').hidden = false;
}

function showVerdicts({ counts, findings }) {
  put('counts', counts ? `${counts.pass} passed, ${counts.fail} failed, ${counts.warn} warned, ${counts.inconclusive} open so far`
    : 'none yet: what was captured is judged every few seconds');
  const wanted = JSON.stringify(findings);
  if (section('findings').dataset.shown === wanted) return;
  section('findings').dataset.shown = wanted;
  section('findings').replaceChildren(...findings.map((one) =>
    element('article', { class: `card ${one.verdict}` },
      element('h3', {}, element('span', { class: 'verdict' }, words(one.verdict).toUpperCase()), ` ${one.requirement}`),
      element('p', { class: 'message' }, one.message))));
}

function pastLine({ name, text, report }) {
  const link = report ? element('a', { href: `runs/${encodeURIComponent(name)}/report.html`, target: '_blank', rel: 'noopener' }, text)
    : `${text} (no report yet)`;
  return element('li', {}, link);
}

async function showPast() {
  const response = await fetch('past').catch(() => null);
  if (!response || !response.ok) return;
  const text = await response.text();
  if (text === pastShown) return;
  pastShown = text;
  const past = JSON.parse(text);
  section('past').replaceChildren(...(past.length ? past.map(pastLine) : [element('li', {}, 'none yet')]));
}

function show(state) {
  put('state', state.phase.toUpperCase());
  put('run', state.run);
  document.title = `${state.prompt ? '● ' : ''}${state.run || 'sipharness'}`;
  put('clock', state.duration > 0 ? `${seconds(state.now, 1)} of ${seconds(state.duration, 0)}` : '');
  put('awaiting', state.awaiting ? `awaiting ${state.awaiting}` : '');
  section('stop').disabled = !['running', 'serving'].includes(state.phase);
  showPrompt(state);
  showVerdicts(state);
  showLog(state);
}

function showLog({ phase, log = [] }) {
  section('verdicts').hidden = phase === 'serving';
  section('log').hidden = !log.length;
  put('lines', log.join('\n'));
}

function hear(state) {
  clearTimeout(lost);
  lost = null;
  show(state);
  if (state.phase !== 'ended') return;
  events.close();
  showPast();
}

function lose() {
  put('state', 'NO CONNECTION');
  put('awaiting', 'The harness does not answer; this is what it said last.');
  section('stop').disabled = true;
  section('prompt').hidden = true;
  prompt = 0;
}

/** A page that nobody looks at leaves its connection to others: a browser has few for one server. */
function listen() {
  events?.close();
  events = null;
  if (document.hidden) return;
  events = new EventSource('events');
  events.onmessage = ({ data }) => hear(JSON.parse(data));
  events.onerror = () => { lost ??= setTimeout(lose, patience); };
  showPast();
}

// A token of the link stands in a cookie by now.
if (location.search) history.replaceState(null, '', location.pathname);
section('done').addEventListener('click', () => answer(true));
section('could-not').addEventListener('click', () => answer(false));
section('stop').addEventListener('click', () => tell('stop', {}));
document.addEventListener('visibilitychange', listen);
setInterval(showPast, 5000);
listen();
