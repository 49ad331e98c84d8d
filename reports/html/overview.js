// --- The overview: what held when, along one scale of time ---

const mostOverviewRows = 200;
const mostSpans = 400; // of one lane: more are drawn as one where nothing lies between them
let phoneOf = new Map();
let endOfRun = 1;
let startOfRun = 0;
let citedOf = new Map(); // device: entries that findings cite
const overview = { grid: null, rows: [], labels: 170, width: 600 };

function readOverview() {
  phoneOf = new Map(data.phones.map((phone) => [phone.name, phone]));
  endOfRun = Math.max(entries.at(-1)?.us ?? 0, 1);
  startOfRun = Math.min(entries[0]?.us ?? 0, 0);
  for (const phone of data.phones) phone.lapsed = Object.fromEntries(Object.entries(phone.bound).map(([server, spans]) => [server, lapsedSpans(spans)]));
  citedOf = new Map(deviceLanes.map((lane) => [ladder.lanes[lane].name, []]));
  for (const entry of entries) {
    if (citedBy.has(entry.frame)) for (const lane of [entry.from, entry.to]) citedOf.get(ladder.lanes[lane].name)?.push(entry);
  }
}

const callName = ({ incoming, number }) => `call ${incoming ? 'from' : 'to'} ${number || '?'}`;
const callHue = (index) => `call-${index % 4}`;
const overviewX = (us) => position(Math.min(Math.max(us, startOfRun), endOfRun), [startOfRun, endOfRun], overview.width);

/** Spans in which a binding had lapsed or was forgotten, until the next one. */
function lapsedSpans(spans) {
  return spans.flatMap(([, until, end], index) => {
    const next = spans[index + 1]?.[0] ?? endOfRun;
    return (end === 'lapsed' || end === 'forgotten') && until < next ? [[until, next]] : [];
  });
}

function merged(spans) {
  if (spans.length <= mostSpans) return spans;
  const joined = [];
  for (const [from, until, end] of spans) {
    const before = joined.at(-1);
    if (before && overviewX(from) - overviewX(before[1]) < 1) before.splice(1, 2, until, end);
    else joined.push([from, until, end]);
  }
  return joined;
}

function bar(name, from, until, box, title) {
  return drawing('rect', { class: name, x: overviewX(from), width: Math.max(2, overviewX(until) - overviewX(from)), ...box }, title ? drawing('title', {}, title) : '');
}

/** A phone at a server in a line of `height`, or at both in one. */
function drawTrack(phone, server, top, height) {
  const bound = phone.bound[server] ?? [];
  const thin = height < 20;
  const middle = top + height * (thin ? 0.68 : 0.76);
  const callBox = thin ? { y: top + 1, height: 2 } : { y: top + 13, height: 7 };
  const faults = data.faults.filter((fault) => fault[0] === server).map(([, name, from, until, out]) => [
    bar(out ? 'outage' : 'phase', from, until, { y: top, height }, `${server}: ${name}, ${seconds(from / 1e6)} to ${seconds(until / 1e6)}`),
    !thin && overviewX(until) - overviewX(from) > name.length * 6.5 + 8 ? drawing('text', { class: 'fault-name', x: overviewX(from) + 4, y: top + 10 }, name) : '']);
  const calls = phone.calls.slice(0, mostSpans).flatMap((call, index) => call.legs.filter((leg) => leg[0] === server).map(([, from, answered, until]) => [
    bar(`${callHue(index)} asked`, from, answered ?? until, callBox, `${callName(call)} at ${server}: INVITE at ${seconds(from / 1e6)}${answered === null ? ', not answered' : ''}`),
    answered === null ? '' : bar(callHue(index), answered, until, callBox, `${callName(call)} at ${server}: ${seconds(answered / 1e6)} to ${seconds(until / 1e6)}`)]));
  return [faults, drawing('line', { class: 'axis', x1: 0, x2: overview.width, y1: middle, y2: middle }),
    merged(bound).map(([from, until, end]) => bar('held', from, until, { y: middle - (thin ? 1 : 3), height: thin ? 2 : 6 }, `registered at ${server}, ${seconds(from / 1e6)} to ${seconds(Math.min(until, endOfRun) / 1e6)}: ${words(end)}`)),
    merged(phone.lapsed[server] ?? []).map(([from, until]) => drawing('line', { class: 'lapsed', x1: overviewX(from), x2: overviewX(until), y1: middle, y2: middle }, drawing('title', {}, `not registered at ${server} from ${seconds(from / 1e6)} on`))), calls];
}

/** A tick at every cited frame; the colour is that of the worst finding. */
function drawCitations(device, servers, height) {
  const isThere = ({ from, to }) => [from, to].some((lane) => servers.includes(ladder.lanes[lane].name));
  return (citedOf.get(device) ?? []).filter(isThere).slice(0, mostSpans).map((entry) => drawing('path', { class: `cite ${citedBy.get(entry.frame)[0].verdict}`, d: `M${overviewX(entry.us)} ${height - 6}l-4 6h8z` },
    drawing('title', {}, `frame ${entry.frame}: ${citedBy.get(entry.frame).map(({ row }) => row).join(', ')}`)));
}

function sayPhone(phone, servers) {
  return servers.map((server) => `${phone.name} at ${server}: registered ${plural((phone.bound[server] ?? []).length, 'time')}`)
    .concat(phone.calls.slice(0, 24).map((call) => `${callName(call)}, ${call.legs.map(([server, from]) => `${server} at ${seconds(from / 1e6)}`).join(', then ')}`)).join('; ');
}

function overviewRow(label, phone, servers, height) {
  const full = height + 6;
  const svg = drawing('svg', { height: full, role: 'img', 'aria-label': sayPhone(phone, servers), onclick: (event) => showMoment(event, svg) });
  overview.rows.push(() => {
    svg.setAttribute('viewBox', `0 0 ${overview.width} ${full}`);
    svg.replaceChildren(...servers.flatMap((server, index) => drawTrack(phone, server, index * (height / servers.length), height / servers.length)).flat(Infinity).filter((one) => one !== ''), ...drawCitations(phone.name, servers, full));
  });
  return [label, svg];
}

/** The nearest line of the ladder to where the overview was clicked. */
function showMoment(event, svg) {
  const box = svg.getBoundingClientRect();
  const us = startOfRun + ((event.clientX - box.left) / box.width) * (endOfRun - startOfRun);
  const nearest = view.shown.reduce((best, one, index) => (one.kind !== 'fold' && (best < 0 || Math.abs(one.us - us) < Math.abs(view.shown[best].us - us)) ? index : best), -1);
  if (nearest >= 0) showLine(nearest);
}

function overviewAxis() {
  const svg = drawing('svg', { class: 'scale-of-time', height: 20, 'aria-hidden': 'true' });
  overview.rows.push(() => {
    svg.setAttribute('viewBox', `0 0 ${overview.width} 20`);
    const span = (endOfRun - startOfRun) / 1e6;
    const least = span / Math.max(2, overview.width / 90);
    const power = 10 ** Math.floor(Math.log10(least));
    const step = [1, 2, 5, 10].map((factor) => factor * power).find((one) => one >= least);
    const ticks = [];
    for (let at = Math.ceil(startOfRun / 1e6 / step) * step; at <= endOfRun / 1e6; at += step) ticks.push(at);
    svg.replaceChildren(...ticks.map((at) => drawing('text', { x: overviewX(at * 1e6), y: 14, 'text-anchor': overviewX(at * 1e6) < 12 ? 'start' : overviewX(at * 1e6) > overview.width - 24 ? 'end' : 'middle' }, `${Number(at.toFixed(6))} s`)));
  });
  return [element('span'), svg];
}

/** Of many phones one line each; the one that the ladder shows has a line for each server. */
function overviewRows() {
  const servers = ladder.lanes.filter(({ part }) => part === 'server').map(({ name }) => name);
  const phones = deviceLanes.map((lane) => [lane, phoneOf.get(ladder.lanes[lane].name)]).filter(([, phone]) => phone);
  const detailed = (phone) => servers.flatMap((server) => overviewRow(element('span', {}, phones.length > 1 && !manyDevices ? `${phone.name} at ${server}` : server), phone, [server], 34));
  if (!manyDevices) return phones.flatMap(([, phone]) => detailed(phone));
  return phones.slice(0, mostOverviewRows).flatMap(([lane, phone]) => {
    const worst = broken.find(({ device }) => device === phone.name)?.verdict;
    const open = lane === view.device;
    const name = element('button', { type: 'button', 'aria-expanded': open ? 'true' : 'false', onclick: () => { expandPhone(lane); overview.grid.querySelector('[aria-expanded="true"]').focus({ preventScroll: true }); } }, `${open ? '▾' : '▸'} ${phone.name}`, worst ? element('span', { class: worst }, ` ${words(worst)}`) : '');
    return [...overviewRow(name, phone, servers, 16), ...(open ? detailed(phone) : [])];
  });
}

function expandPhone(lane) {
  view.device = lane;
  fillTools();
  redraw();
  fillOverview();
}

function callButtons() {
  const found = (manyDevices ? [] : data.phones).flatMap((phone) => phone.calls.map((call, index) => ({ phone, call, index })));
  return found.slice(0, 24).map(({ phone, call, index }) => element('button', { type: 'button', onclick: () => showFrame(call.legs[0][4]) },
    element('span', { class: `swatch ${callHue(index)}` }), `${deviceLanes.length > 1 ? `${phone.name}: ` : ''}${callName(call)} at ${seconds(call.legs[0][1] / 1e6)}`));
}

function redrawOverview() {
  if (!overview.grid) return;
  overview.width = Math.max(160, overview.grid.clientWidth - overview.labels - 8);
  for (const draw of overview.rows) draw();
}

function fillOverview() {
  overview.rows = [];
  const [corner, axis] = overviewAxis();
  overview.grid.replaceChildren(...(manyDevices ? [corner, axis, ...overviewRows()] : [...overviewRows(), corner, axis]));
  redrawOverview();
}

/** Of these only what is drawn on this page. */
function legend(...items) {
  const bound = data.phones.flatMap((phone) => Object.values(phone.bound));
  const legs = data.phones.flatMap(({ calls }) => calls.flatMap((call) => call.legs));
  const drawn = { held: bound.some((spans) => spans.length), lapsed: data.phones.flatMap(({ lapsed }) => Object.values(lapsed)).some((spans) => spans.length), 'call-0': legs.some((leg) => leg[2] !== null), 'call-0 asked': legs.length,
    outage: data.faults.some((fault) => fault[4]), phase: data.faults.some((fault) => !fault[4]), cite: citedBy.size };
  return element('p', { class: 'legend' }, items.filter(([name]) => drawn[name]).map(([name, text]) => element('span', {}, element('span', { class: `swatch ${name}` }), text)));
}

function drawOverview() {
  section('overview').hidden = !data.phones.some(({ bound, calls }) => calls.length || Object.keys(bound).length);
  if (section('overview').hidden) return;
  overview.labels = window.innerWidth < 700 ? 100 : 170;
  overview.grid = element('div', { class: `overview${manyDevices ? ' many' : ''}`, tabindex: manyDevices ? '0' : null, role: 'group', 'aria-label': 'Registrations, calls and faults over time' });
  overview.grid.style.gridTemplateColumns = `${overview.labels}px minmax(0, 1fr)`;
  const left = deviceLanes.length - mostOverviewRows;
  fill('overview', overview.grid, legend(['held', 'registered'], ['lapsed', 'lapsed or forgotten'], ['call-0', 'call'], ['call-0 asked', 'call not answered yet'], ['outage', 'server is out'], ['phase', 'other phase of the scenario'], ['cite', 'a finding cites a frame']),
    element('div', { class: 'frames' }, callButtons()), manyDevices && left > 0 ? element('p', { class: 'quiet' }, `${plural(left, 'more phone')}: choose one above the ladder.`) : '');
  fillOverview();
}
