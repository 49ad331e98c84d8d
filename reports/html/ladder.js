// --- The ladder: every message in the order of the capture, drawn a window at a time ---

const rowHeight = 28;
const foldedSilence = 1.5e6; // µs: a longer gap gets a line of its own
const linesOf = (message) => entries[message.first].lines.map((number) => ladder.lines[number]);
const within = (spans, us) => (spans ?? []).some(([from, until]) => from <= us && us < until);
const faultAt = (server, us) => data.faults.find(([name, , from, until]) => name === server && from <= us && us < until);

const view = { shown: [], lanes: [], selected: -1, base: null, call: '', text: '', copies: true, device: -1, width: 600 };
const parts = {};
let microsecondsOfZero = 0;
let citedBy = new Map(); // frame: the findings that cite it
let entries = []; // messages, look-ups and what the journal adds, by time
let deviceLanes = [];
let manyDevices = false; // one at a time is shown then

/** What was chosen, by what it is: lines, lanes and calls may have other numbers in other data. */
function rememberView() {
  return { device: ladder?.lanes[view.device]?.name, call: ladder?.calls[view.call], selected: view.shown[view.selected], base: view.base };
}

const isOne = (entry, other) => other && (entry.frame ? entry.frame === other.frame : entry.us === other.us && entry.what === other.what);

function readLadder(before) {
  microsecondsOfZero = Date.parse(`${data.capture.zero.replace(' ', 'T')}Z`) * 1000;
  citedBy = new Map();
  for (const finding of broken) {
    for (const { frames } of finding.occurrences) for (const frame of frames ?? []) citedBy.set(frame, [...(citedBy.get(frame) ?? []), finding]);
  }
  entries = ladder.entries.map((raw, index) => {
    const entry = { index, ...Object.fromEntries(ladder.columns.map((name, at) => [name, raw[at]])) };
    if (entry.kind === 'message' || entry.kind === 'lookup') return entry;
    return { ...entry, kind: 'event', event: entry.kind, lane: entry.from ?? -1, frame: undefined };
  });
  deviceLanes = ladder.lanes.map((lane, index) => (lane.part === 'device' ? index : -1)).filter((index) => index >= 0);
  manyDevices = deviceLanes.length > 6;
  view.device = deviceLanes.find((lane) => ladder.lanes[lane].name === before.device) ?? deviceLanes[0] ?? -1;
  const call = before.call === undefined ? -1 : ladder.calls.indexOf(before.call);
  view.call = call < 0 ? '' : String(call);
  view.base = entries.find((entry) => isOne(entry, before.base)) ?? null;
  choose();
  view.selected = view.shown.findIndex((entry) => isOne(entry, before.selected));
}

function laneX(lane) {
  const at = view.lanes.indexOf(lane);
  return at < 0 ? null : ((at + 0.5) / view.lanes.length) * view.width;
}

/** What is shown: all of one call or registration, or of one device among many, or what holds a text. */
function choose() {
  const concerns = (entry) => {
    if (entry.kind === 'event') return view.call === '' && (!manyDevices || !deviceLanes.includes(entry.lane) || entry.lane === view.device);
    if (manyDevices && view.device >= 0 && entry.from !== view.device && entry.to !== view.device) return false;
    if (view.call !== '' && (entry.kind !== 'message' || entry.call !== Number(view.call))) return false;
    return view.copies || !(entry.number > 1);
  };
  const wanted = view.text.toLowerCase();
  const holds = (entry) => wanted === '' || entry.what.toLowerCase().includes(wanted) ||
    (entry.kind === 'message' && linesOf(entry).some((line) => line.toLowerCase().includes(wanted)));
  const chosen = entries.filter((entry) => concerns(entry) && holds(entry));
  const used = new Set(chosen.flatMap((entry) => (entry.kind === 'event' ? [entry.lane] : [entry.from, entry.to])));
  const place = (lane) => ({ device: 0, server: 1, 'name server': 2 })[ladder.lanes[lane].part] ?? 3;
  view.lanes = ladder.lanes.map((_, index) => index).filter((index) => used.has(index) || ladder.lanes[index].part === 'server').sort((a, b) => place(a) - place(b) || a - b);
  view.shown = [];
  for (const entry of chosen) {
    const before = view.shown.at(-1);
    if (before && entry.us - before.us > foldedSilence) view.shown.push({ kind: 'fold', us: entry.us, from: before.us, what: `${((entry.us - before.us) / 1e6).toFixed(3)} s without a message` });
    view.shown.push(entry);
  }
  if (view.selected >= view.shown.length) view.selected = -1;
}

// --- One line of it ---

function clock(us) {
  const at = new Date(Math.floor((microsecondsOfZero + us) / 1000));
  return at.toISOString().slice(11, 23);
}

function deltaOf(index) {
  const entry = view.shown[index];
  if (view.base) return `${((entry.us - view.base.us) / 1e6).toFixed(6)}`;
  for (let before = index - 1; before >= 0; --before) if (view.shown[before].kind !== 'fold') return `+${((entry.us - view.shown[before].us) / 1e6).toFixed(6)}`;
  return '';
}

/** The phone whose registrations and calls the lifelines show: the only one, or the one that was chosen. */
function shownPhone() {
  return deviceLanes.length === 1 || manyDevices ? phoneOf.get(ladder.lanes[view.device]?.name) : undefined;
}

/** Legs of calls that go on: [call, its number, leg]. */
function legsAt(phone, us) {
  return (phone?.calls ?? []).flatMap((call, index) => call.legs.filter(([, from, , until]) => from <= us && us <= until).map((leg) => ({ call, index, leg })));
}

function lifelines(entry) {
  const at = entry.kind === 'fold' ? entry.from + 1 : entry.us;
  const phone = shownPhone();
  const legs = legsAt(phone, at);
  return view.lanes.flatMap((lane) => {
    const x = laneX(lane);
    const { name } = ladder.lanes[lane];
    const fault = faultAt(name, at);
    const spans = phone?.bound[name] ?? [];
    const state = within(spans, at) ? 'bound' : within(phone?.lapsed[name], at) ? 'lapsed' : 'lane';
    const going = legs.filter(({ leg }) => leg[0] === name || lane === view.device);
    return [fault ? drawing('rect', { class: fault[4] ? 'outage' : 'phase', x: x - 34, y: 0, width: 68, height: rowHeight }) : '',
      drawing('line', { class: state, x1: x, x2: x, y1: 0, y2: rowHeight }),
      going.slice(0, 3).map(({ index, leg }, place) => drawing('rect', { class: `${callHue(index)}${leg[2] === null || at < leg[2] ? ' asked' : ''}`, x: x - 9 - place * 6, width: 5, y: 0, height: rowHeight }))].flat();
  });
}

/** What the lifelines show beside a line, in words. */
function stateAt(us) {
  const phone = shownPhone();
  const registered = Object.keys(phone?.bound ?? {}).filter((server) => within(phone.bound[server], us));
  const faults = ladder.lanes.map(({ name }) => faultAt(name, us)).filter(Boolean).map(([server, name]) => `${server}: ${name}`);
  const calls = legsAt(phone, us).map(({ call, leg }) => `${callName(call)} at ${leg[0]} ${leg[2] === null || us < leg[2] ? 'not answered yet' : 'answered'}`);
  return [phone ? `registered at ${registered.join(' and ') || 'no server'}` : '', ...calls, ...faults].filter(Boolean).join('; ');
}

function labelOf(entry) {
  const again = entry.of > 1 ? ` (${entry.number} of ${entry.of})` : '';
  const cseq = entry.kind === 'message' && /^\d/.test(entry.what) ? ` to ${methodOf(entry)}` : '';
  return `${entry.what}${cseq}${again}`;
}

function methodOf(message) {
  const line = linesOf(message).find((one) => /^cseq\s*:/i.test(one));
  return line ? line.split(/\s+/).at(-1) : '?';
}

function drawArrow(entry) {
  const from = laneX(entry.from);
  const to = laneX(entry.to);
  if (from === null || to === null) return [];
  const y = rowHeight - 7;
  if (from === to) return [drawing('text', { x: from, y: y - 2 }, labelOf(entry))];
  const way = Math.sign(to - from);
  const end = entry.ignored ? to - way * 24 : to - way * 4;
  return [drawing('line', { class: 'arrow', x1: from + way * 3, x2: end, y1: y, y2: y }),
    entry.ignored ? drawing('path', { class: 'arrow', d: `M${end - 5} ${y - 5}l10 10m0 -10l-10 10` })
      : drawing('path', { class: 'head', d: `M${end} ${y}l${-way * 9} -4v8z` }),
    drawing('text', { x: (from + to) / 2, y: y - 5 }, labelOf(entry))];
}

function drawLine(entry) {
  const marks = entry.kind === 'event' || entry.kind === 'fold' ? drawWords(entry) : drawArrow(entry);
  const state = `${entry.number > 1 ? ' copy' : ''}${entry.ignored || entry.event === 'withheld' ? ' lost' : ''}`;
  return drawing('svg', { viewBox: `0 0 ${view.width} ${rowHeight}`, 'aria-hidden': 'true' }, lifelines(entry), drawing('g', { class: `message${state}` }, marks));
}

function drawWords(entry) {
  const kind = entry.kind === 'fold' ? 'fold' : ['fault', 'withheld', 'run'].includes(entry.event) ? 'fault-event' : 'event';
  const most = Math.floor(view.width / 6.6);
  const text = entry.kind === 'fold' ? `⋮ ${entry.what}` : entry.what.length > most ? `${entry.what.slice(0, most - 1)}…` : entry.what;
  const half = Math.min(view.width / 2, text.length * 3.4);
  const x = (entry.lane ?? -1) >= 0 ? laneX(entry.lane) ?? view.width / 2 : view.width / 2;
  return [drawing('text', { class: kind, x: Math.min(Math.max(x, half), view.width - half), y: 18 }, text)];
}

function describe(entry) {
  if (entry.kind === 'fold') return entry.what;
  if (entry.kind === 'event') return `${entry.lane >= 0 ? `${ladder.lanes[entry.lane].name} ` : ''}${entry.what}`;
  return `${labelOf(entry)}, ${ladder.lanes[entry.from].name} to ${ladder.lanes[entry.to].name}${entry.ignored ? ', not reacted to' : ''}`;
}

function drawRow(index) {
  const entry = view.shown[index];
  const cited = entry.frame !== undefined ? citedBy.get(entry.frame) : undefined;
  const timed = entry.kind !== 'fold';
  const row = element('div', { class: `row${cited ? ` cited ${cited[0].verdict}` : ''}${view.base === entry ? ' base' : ''}`, role: 'option', id: `row-${index}`,
    'aria-selected': index === view.selected ? 'true' : 'false', 'aria-setsize': view.shown.length, 'aria-posinset': index + 1, onclick: () => select(index) },
  element('span', {}, timed ? (entry.us / 1e6).toFixed(6) : ''), element('span', {}, timed ? deltaOf(index) : ''),
  element('span', {}, timed ? clock(entry.us) : ''), element('span', {}, entry.frame ?? ''), drawLine(entry),
  element('span', { class: 'hidden' }, describe(entry)));
  row.style.top = `${index * rowHeight}px`;
  return row;
}

// --- The window over it ---

const mostPrinted = 2000;

function drawWindow() {
  const first = Math.max(0, Math.floor(parts.scroll.scrollTop / rowHeight) - 8);
  drawLines(first, Math.min(view.shown.length, first + Math.ceil(parts.scroll.clientHeight / rowHeight) + 16));
}

function drawLines(first, last) {
  const drawn = [];
  for (let index = first; index < last; ++index) drawn.push(drawRow(index));
  parts.space.replaceChildren(...drawn);
  parts.scroll.setAttribute('aria-activedescendant', view.selected >= first && view.selected < last ? `row-${view.selected}` : '');
}

/** All of it, as wide as a column of paper leaves room for. */
function drawForPaper() {
  view.width = 440;
  drawLaneHeads();
  drawLines(0, Math.min(view.shown.length, mostPrinted));
}

function drawLaneHeads() {
  const svg = parts.lanes.querySelector('svg');
  svg.setAttribute('viewBox', `0 0 ${view.width} 46`);
  svg.replaceChildren(...view.lanes.flatMap((lane) => {
    const x = laneX(lane);
    const { name, addresses } = ladder.lanes[lane];
    const room = view.width / view.lanes.length;
    const [address = ''] = addresses;
    return [drawing('text', { x, y: 20, ...(name.length * 8 > room ? { textLength: room - 6, lengthAdjust: 'spacingAndGlyphs' } : {}) }, name),
      drawing('text', { class: 'address', x, y: 36 }, address === name || address.length * 6 > room ? '' : address)];
  }));
}

function redraw() {
  view.width = Math.max(240, parts.lanes.querySelector('svg').clientWidth);
  choose();
  parts.space.style.height = `${view.shown.length * rowHeight}px`;
  parts.count.textContent = plural(view.shown.filter((one) => one.kind === 'message').length, 'message');
  drawLaneHeads();
  drawWindow();
}

function showLine(index) {
  parts.scroll.scrollTop = Math.max(0, index * rowHeight - parts.scroll.clientHeight / 2);
  select(index);
  section('ladder').scrollIntoView({ block: 'start' });
  parts.scroll.focus({ preventScroll: true });
}

function select(index) {
  view.selected = Math.min(Math.max(index, 0), view.shown.length - 1);
  const top = view.selected * rowHeight;
  if (top < parts.scroll.scrollTop) parts.scroll.scrollTop = top;
  if (top + rowHeight > parts.scroll.scrollTop + parts.scroll.clientHeight) parts.scroll.scrollTop = top + rowHeight - parts.scroll.clientHeight;
  drawWindow();
  drawMessage();
}

function showFrame(frame) {
  if (!view.shown.some((entry) => entry.frame === frame)) {
    Object.assign(view, { call: '', text: '', copies: true });
    const message = entries.find((entry) => entry.frame === frame);
    if (message) view.device = [message.from, message.to].find((lane) => deviceLanes.includes(lane)) ?? view.device;
    fillTools();
    redraw();
  }
  const index = view.shown.findIndex((entry) => entry.frame === frame);
  if (index >= 0) showLine(index);
}

// --- One message ---

/** Header names that the findings on this frame speak of. */
function judgedHeaders(frame, lines) {
  const spoken = (citedBy.get(frame) ?? []).map((one) => `${one.occurrences[0].message} ${catalogue[one.row].sentence} ${catalogue[one.row].observed}`).join(' ');
  return lines.map((line) => {
    const name = /^([\w-]+)\s*:/.exec(line)?.[1];
    return name !== undefined && new RegExp(`(^|[^\\w-])${name}s?([^\\w-]|$)`).test(spoken);
  });
}

function drawMessage() {
  const entry = view.shown[view.selected];
  if (!entry) return parts.message.replaceChildren(element('p', { class: 'empty' }, 'Choose a line with a click or the arrow keys to read its message.'));
  const body = [element('h3', {}, describe(entry)), element('p', { class: 'quiet' }, `${(entry.us / 1e6).toFixed(6)} s, ${clock(entry.us)} UTC`,
    entry.frame ? `, frame ${entry.frame}, ${entry.transport}` : ''),
  element('p', { class: 'quiet' }, stateAt(entry.us)),
  view.base && view.base !== entry ? element('p', {}, element('strong', {}, `${((entry.us - view.base.us) / 1e6).toFixed(6)} s`), ` from ${describe(view.base)}`) : '',
  element('button', { type: 'button', 'aria-pressed': view.base === entry ? 'true' : 'false', onclick: () => measureFrom(entry) }, view.base === entry ? 'Measured from here' : 'Measure from here (m)')];
  for (const finding of new Set(citedBy.get(entry.frame) ?? [])) {
    body.push(' ', element('button', { type: 'button', class: finding.verdict, onclick: () => showCard(finding) }, `${words(finding.verdict)} ${finding.row}`));
  }
  if (entry.kind === 'message') {
    const lines = linesOf(entry);
    const judged = judgedHeaders(entry.frame, lines);
    body.push(element('pre', { tabindex: '0', 'aria-label': 'Message' }, lines.flatMap((line, index) => [judged[index] ? element('mark', {}, line) : line, '\n'])));
  }
  parts.message.replaceChildren(...body.filter((one) => one !== ''));
}

function measureFrom(entry) {
  view.base = view.base === entry ? null : entry;
  drawWindow();
  drawMessage();
}

// --- What is asked for ---

function callNames() {
  const names = new Map();
  for (const entry of entries) {
    if (entry.kind !== 'message' || names.has(entry.call)) continue;
    const server = ladder.lanes[entry.from].part === 'server' ? entry.from : entry.to;
    names.set(entry.call, `${entry.what} ${ladder.lanes[server].name}, frame ${entry.frame}`);
  }
  return names;
}

function fillTools() {
  offer(parts.call, [['', 'everything'], ...[...callNames()].slice(0, 500)]);
  offer(parts.device, deviceLanes.map((lane) => [lane, ladder.lanes[lane].name]));
  if (manyDevices) parts.tools.prepend(parts.deviceLabel);
  else parts.deviceLabel.remove();
  parts.call.value = view.call;
  parts.text.value = view.text;
  parts.copies.checked = view.copies;
  parts.device.value = view.device;
}

function option(value, text) { return element('option', { value }, text); }

function drawTools() {
  const labelled = (text, control) => element('label', {}, text, control);
  const change = (name, read) => (event) => { view[name] = read(event.target); redraw(); };
  parts.call = element('select', { onchange: change('call', (one) => one.value) });
  parts.text = element('input', { type: 'search', placeholder: 'method, number, header', oninput: change('text', (one) => one.value) });
  parts.copies = element('input', { type: 'checkbox', checked: true, onchange: change('copies', (one) => one.checked) });
  parts.count = element('span', { class: 'quiet', role: 'status' });
  const tools = [labelled('Show', parts.call), labelled('Search', parts.text), labelled('', parts.copies), parts.count];
  tools[2].append('sent again too');
  parts.device = element('select', { onchange: ({ target }) => expandPhone(Number(target.value)) });
  parts.deviceLabel = labelled('Device', parts.device);
  parts.tools = element('div', { class: 'tools' }, tools);
  return parts.tools;
}

/** Puts the options into a choice, unless they stand there. */
function offer(choice, options) {
  const wanted = JSON.stringify(options);
  if (choice.dataset.offered === wanted) return;
  choice.dataset.offered = wanted;
  choice.replaceChildren(...options.map(([value, text]) => option(value, text)));
}

function onKey(event) {
  const page = Math.floor(parts.scroll.clientHeight / rowHeight) - 1;
  const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -view.shown.length, End: view.shown.length };
  if (event.key in steps) select(Math.max(view.selected, 0) + (view.selected < 0 && event.key === 'ArrowDown' ? 0 : steps[event.key]));
  else if (event.key === 'm' && view.shown[view.selected]) measureFrom(view.shown[view.selected]);
  else if (event.key === 'Enter' && view.selected >= 0) parts.message.focus();
  else return;
  event.preventDefault();
}

function drawLadder() {
  parts.lanes = element('div', { class: 'lanes' }, ['seconds', 'delta', 'UTC', 'frame'].map((text) => element('span', {}, text)), drawing('svg', { 'aria-hidden': 'true' }));
  parts.space = element('div', { class: 'space', role: 'presentation' });
  parts.scroll = element('div', { class: 'scroll', tabindex: '0', role: 'listbox', 'aria-label': 'Messages in order of the capture', onscroll: drawWindow, onkeydown: onKey }, parts.space);
  parts.message = element('div', { class: 'message-pane', role: 'region', tabindex: '0', 'aria-label': 'The chosen message' });
  parts.foot = element('div');
  section('ladder').append(drawTools(), element('div', { class: 'panes' }, element('div', { class: 'drawing' }, parts.lanes, parts.scroll), parts.message), parts.foot);
  window.addEventListener('resize', redraw);
  window.addEventListener('beforeprint', drawForPaper);
  window.addEventListener('afterprint', redraw);
  renewLadder();
}

/** Of the data that was read last. */
function renewLadder() {
  parts.foot.replaceChildren(legend(['held', 'registered there'], ['lapsed', 'lapsed or forgotten'], ['call-0', 'call'], ['call-0 asked', 'call not answered yet'], ['outage', 'server is out'], ['phase', 'other phase']),
    element('p', { class: 'quiet' }, 'Pale: the same bytes again over UDP. Dashed with ✕: the server did not react. ', element('span', { class: 'screen' }, 'Arrow keys move, m measures from a line, Enter goes to its message.'),
    ladder.left_out ? ` ${plural(ladder.left_out, data.so_far ? 'earlier message' : 'later message')} not drawn.` : ''));
  fillTools();
  redraw();
  drawMessage();
}
