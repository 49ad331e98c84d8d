// The page of a run that goes on: it hears what is new from the harness (server-sent events), draws the report
// so far as it grows, and tells the harness what a person at the device says.

const { key } = data;
const patience = 3000;  // a stream ends now and then, and is there again
const rest = 4;         // times as long as a report took to be fetched and drawn
let events = null;
let lost = null;
let prompt = 0;
let pastShown = '';
let report = 0;         // the version that is wanted
let drawn = 0;          // the version that is shown
let isFetching = false;
let resting = null;     // the timer of it
let hasEnded = false;
let isOver = false;
let asking = null;      // for past runs, now and then
let isServing = false;

function put(id, text) {
  const shown = visible(text);
  if (section(id).textContent !== shown) section(id).textContent = shown;
}

function tell(path, body) {
  return fetch(path, { method: 'POST', body: JSON.stringify({ key, ...body }) }).catch(() => {});
}

// --- What a person is asked ---

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

// --- The report so far ---

const controls = 'button, summary, select, input, [tabindex]';

/** Draws a section again: what was open in it still is, and what had the focus has it. */
function renew(id, draw) {
  const place = section(id);
  const focused = [...place.querySelectorAll(controls)].indexOf(document.activeElement);
  const nameOf = (one) => `${one.closest('[id]').id} ${one.firstElementChild.textContent.replace(/\d+/g, '')}`;
  const open = new Set([...place.querySelectorAll('details[open]')].map(nameOf));
  draw();
  for (const one of place.querySelectorAll('details')) one.open = open.has(nameOf(one));
  if (focused >= 0) place.querySelectorAll(controls)[focused]?.focus({ preventScroll: true });
}

function showFindings() {
  const { pass, fail, warn, inconclusive } = data.counts;
  put('counts', `${pass} passed, ${fail} failed, ${warn} warned, ${inconclusive} ${data.so_far ? 'open so far' : 'inconclusive'}`);
  const shown = JSON.stringify(broken);
  if (section('findings').dataset.shown === shown) return;
  section('findings').dataset.shown = shown;
  section('findings').hidden = !broken.length;
  put('verdicts-title', data.so_far ? 'Verdicts so far' : 'Verdicts');
  renew('findings', drawFindings);
}

/** Whoever looks at the end of the ladder goes on with it. */
function showLadder() {
  const { scroll } = parts;
  const follows = !scroll || scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < rowHeight;
  section('ladder').hidden = !entries.length;
  if (section('ladder').hidden) return;
  if (scroll) renewLadder();
  else drawLadder();
  if (follows) parts.scroll.scrollTop = parts.scroll.scrollHeight;
}

/** What is open is told by its number: of a run that goes on that is most of what there is. Servers alone are
 *  for exploring: nobody is judged. */
function showReport(page) {
  const result = JSON.parse(new DOMParser().parseFromString(page, 'text/html').getElementById('data').textContent);
  result.findings = result.findings.filter(({ verdict }) => !isServing && (verdict !== 'inconclusive' || !result.so_far));
  read(result);
  showFindings();
  renew('overview', drawOverview);
  showLadder();
}

async function fetchReport() {
  if (isFetching || report === drawn || !report) return;
  isFetching = true;
  const begun = performance.now();
  const wanted = report;
  const response = await fetch('so-far').catch(() => null);
  if (response?.ok) {
    showReport(await response.text());
    drawn = wanted;
  }
  if (hasEnded && (drawn === report || !response?.ok)) return showEnd();
  resting = setTimeout(goOn, hasEnded ? 0 : rest * (performance.now() - begun));
}

function goOn() {
  clearTimeout(resting);
  resting = null;
  isFetching = false;
  fetchReport();
}

/** The harness is gone as soon as nobody listens any more: nothing is asked of it then. */
async function showEnd() {
  if (!events || isOver) return;
  isOver = true;
  clearInterval(asking);
  await showPast();
  events.close();
  if (data.so_far ?? true) return;
  put('state', words(data.verdict).toUpperCase());
  section('state').className = `badge ${data.verdict}`;
  put('awaiting', data.summary);
}

/** Of the next run there is no report yet. */
function clearReport() {
  put('counts', 'none yet: what was captured is judged as it grows');
  for (const id of ['findings', 'overview', 'ladder']) section(id).hidden = true;
  drawn = 0;
}

// --- What else is seen ---

function pastLine({ name, text, report: hasReport }) {
  const link = hasReport ? element('a', { href: `runs/${encodeURIComponent(name)}/report.html`, target: '_blank', rel: 'noopener' }, text)
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

function showLog({ log = [] }) {
  section('verdicts').hidden = isServing;
  section('log').hidden = !log.length;
  put('lines', log.join('\n'));
}

function show(state) {
  isServing ||= state.phase === 'serving';
  put('state', state.phase.toUpperCase());
  section('state').className = 'badge info';
  put('run', state.run);
  document.title = `${state.prompt ? '● ' : ''}${state.run || 'sipharness'}`;
  put('clock', state.duration > 0 ? `${seconds(state.now, 1)} of ${seconds(state.duration, 0)}` : '');
  section('elapsed').hidden = !(state.duration > 0);
  section('elapsed').value = Math.min(1, Math.max(0, state.now / state.duration || 0));
  put('awaiting', state.awaiting ? `Awaiting ${state.awaiting}` : '');
  section('stop').disabled = !['running', 'serving'].includes(state.phase);
  showPrompt(state);
  showLog(state);
  if (!state.report && report !== state.report) clearReport();
  report = state.report;
  fetchReport();
}

// --- The harness ---

function hear(state) {
  clearTimeout(lost);
  lost = null;
  show(state);
  hasEnded = state.phase === 'ended';
  if (!hasEnded) return;
  if (report === drawn) showEnd();
  else if (resting) goOn();
}

function lose() {
  if (hasEnded) return;
  section('state').className = 'badge fail';
  put('state', 'NO CONNECTION');
  put('awaiting', 'The harness does not answer; this is what it said last.');
  section('stop').disabled = true;
  section('prompt').hidden = true;
  prompt = 0;
}

/** A page that nobody looks at leaves its connection to others: a browser has few for one server. */
function listen() {
  if (isOver) return;
  events?.close();
  events = null;
  if (document.hidden) return;
  events = new EventSource('events');
  events.onmessage = ({ data: state }) => hear(JSON.parse(state));
  events.onerror = () => { lost ??= setTimeout(lose, patience); };
  showPast();
}

// A token of the link stands in a cookie by now.
if (location.search) history.replaceState(null, '', location.pathname);
section('done').addEventListener('click', () => answer(true));
section('could-not').addEventListener('click', () => answer(false));
section('stop').addEventListener('click', () => tell('stop', {}));
document.addEventListener('visibilitychange', listen);
window.addEventListener('resize', redrawOverview);
asking = setInterval(showPast, 5000);
clearReport();
listen();
