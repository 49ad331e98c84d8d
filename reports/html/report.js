// The page of one result.

let ladder; // of the page's data, as what follows
let catalogue;
let broken;

/** Takes the data of a result: all that is drawn is drawn from it. */
function read(result) {
  const before = rememberView();
  data = result;
  ({ ladder, rows: catalogue } = data);
  broken = data.findings.filter((one) => ['fail', 'warn', 'inconclusive'].includes(one.verdict));
  readLadder(before);
  readOverview();
}

// --- The head ---

/** By how much, by which clause and in which frames the failure in the head's sentence is one. */
function drawWhere() {
  const finding = broken.find(({ row, device }) => row === data.chief?.row && device === data.chief.device);
  if (!finding) return '';
  const { window: expected, measured, margin, frames = [] } = finding.occurrences[0];
  const missed = expected && measured !== undefined && margin < 0 ? `${seconds(-margin)} too ${measured < (expected.min ?? 0) ? 'early' : 'late'}` : '';
  return element('div', { class: 'where' }, missed ? element('strong', { class: finding.verdict }, missed) : '',
    element('span', { class: 'quiet' }, catalogue[finding.row].clause),
    [...new Set([frames.at(0), frames.at(-1)])].filter(Boolean).map((frame) => frameButton(frame, atFrame(frame))),
    element('button', { type: 'button', class: 'screen', onclick: () => showCard(finding) }, 'to the finding'));
}

const entryOf = (frame) => entries.find((one) => one.frame === frame);
const atFrame = (frame) => {
  const entry = entryOf(frame);
  return entry ? ` at ${seconds(entry.us / 1e6)}` : '';
};

/** "frame 5 INVITE", and what else is to be said of it. */
function frameButton(frame, more = '') {
  const what = entryOf(frame)?.what ?? '';
  return element('button', { type: 'button', onclick: () => showFrame(frame) }, `frame ${frame}${what ? ` ${what}` : ''}${more}`);
}

function drawHead() {
  document.title = visible(`${words(data.verdict)}: ${data.name}`);
  const devices = data.devices.map((one) => [one.name, one.user_agent && `"${one.user_agent}"`,
    one.account && `account ${one.account}`].filter(Boolean).join(', '));
  const facts = [...devices.slice(0, 3), devices.length > 3 && `${data.fleet?.devices ?? devices.length} devices in all`,
    data.clock && `${data.clock} clock, seed ${data.seed}`,
    `${data.capture.zero} UTC`, seconds(data.capture.span),
    plural(data.capture.messages, 'SIP message')].filter(Boolean);
  section('head').append(
    element('div', { class: 'top' }, element('span', { class: `badge ${data.verdict}` }, words(data.verdict).toUpperCase()),
      element('h1', {}, data.name)),
    data.so_far ? element('p', { class: 'warn' }, 'So far: the run had not ended when this was written. A page that is left like this is of a run whose harness was killed.') : '',
    element('p', { class: `summary${data.devices.length > 1 ? '' : ' alone'}` }, data.summary), drawWhere(),
    data.title || data.why ? element('p', { class: 'quiet' }, [data.title, data.why].filter(Boolean).join('. ')) : '',
    element('ul', { class: 'facts' }, facts.map((fact) => element('li', {}, fact))));
  const notes = [...data.notes, ...(data.stopped ? [`timeline stopped at ${data.stopped}`] : [])];
  if (notes.length) section('head').append(element('ul', { class: 'notes' }, notes.map((note) => element('li', {}, note))));
}

// --- Cards ---

const crowd = 5; // from so many devices on

/** The findings that stand for themselves, each with those that only follow from it. */
function heads() {
  const byRow = new Map();
  const tops = [];
  const weight = { fail: 0, warn: 1, inconclusive: 2 };
  const isChief = ({ row, device }) => row === data.chief?.row && device === data.chief.device;
  const sorted = [...broken].sort((a, b) => weight[a.verdict] - weight[b.verdict] || isChief(b) - isChief(a));
  for (const finding of sorted) {
    const parent = byRow.get(`${finding.follows_from} ${finding.device}`) ?? causeOf(finding, tops);
    const head = parent ?? { finding, followers: [], others: [] };
    if (parent) parent.followers.push(finding);
    else tops.push(head);
    byRow.set(`${finding.row} ${finding.device}`, head);
  }
  return data.devices.length < crowd ? tops : gathered(tops);
}

/** What several of many devices did the same way is one card. */
function gathered(tops) {
  const kinds = new Map();
  for (const top of tops) {
    const kind = `${top.finding.row} ${top.finding.verdict}`;
    if (kinds.has(kind)) kinds.get(kind).others.push(top);
    else kinds.set(kind, top);
  }
  return [...kinds.values()];
}

/** What was never exercised lacks what the first failure kept from coming; where nothing failed, all
 *  that lacks the same for the same reason is one. */
function causeOf(finding, tops) {
  if (finding.verdict !== 'inconclusive') return undefined;
  const same = tops.find((top) => top.finding.verdict === 'inconclusive' && reasonOf(top.finding) === reasonOf(finding) &&
    top.finding.device === finding.device);
  const lacks = finding.occurrences[0].frames.length === 0 && reasonOf(finding).startsWith('not exercised');
  return same ?? (lacks ? tops.find((top) => top.finding.verdict === 'fail' && top.finding.device === finding.device) : undefined);
}

const cardId = (finding) => `card-${finding.row}-${finding.device}`.replace(/[^\w-]/g, '_');
const reasonOf = ({ occurrences: [first] }) => first.reason ?? first.message;

/** Of one request and its retransmissions, three or more, the first: it stands for all. */
function frameButtons(frames) {
  if (!frames.length) return '';
  const kinds = new Map();
  for (const frame of frames) {
    const kind = entryOf(frame)?.first ?? `frame ${frame}`;
    kinds.set(kind, [...(kinds.get(kind) ?? []), frame]);
  }
  const buttons = [...kinds.values()].flatMap((alike) => (alike.length < 3 ? alike.map((frame) => frameButton(frame))
    : [frameButton(alike[0], `, ${alike.length} times to frame ${alike.at(-1)}`)]));
  return element('div', { class: 'frames' }, buttons.slice(0, 12),
    buttons.length > 12 ? element('span', { class: 'quiet' }, `and ${buttons.length - 12} more`) : '');
}

function drawInstance(instance) {
  return [
    element('p', { class: 'message' }, instance.message),
    instance.reason ? element('p', { class: 'reason' }, instance.reason + (instance.blame ? ` (blame: ${instance.blame})` : '')) : '',
    instance.window && instance.measured !== undefined ? scale(instance) : '',
    frameButtons(instance.frames ?? [])];
}

function whoseCard(finding, others) {
  const all = data.fleet?.devices ?? data.devices.length;
  const these = data.fleet?.rows[finding.row][finding.verdict] ?? others.length + 1;
  if (all < 2) return '';
  if (these === 1) return ` (${finding.device})`;
  return these === all ? ` (all ${all} devices)` : ` (${these} of ${all} devices)`;
}

function drawFollowers(followers) {
  if (!followers.length) return '';
  const rows = [...new Set(followers.map((one) => one.row))];
  return element('details', {}, element('summary', {}, `${plural(followers.length, 'finding')} that follow${followers.length === 1 ? 's' : ''} from this one: ${rows.join(', ')}`),
    followers.map((one) => element('div', { id: cardId(one), tabindex: '-1' },
      element('p', {}, element('strong', { class: one.verdict }, words(one.verdict)), ` ${one.row}: ${catalogue[one.row].sentence}`),
      drawInstance(one.occurrences[0]))));
}

/** The same of each other device. */
function drawOthers(others) {
  if (!others.length) return '';
  return element('details', {}, element('summary', {}, plural(others.length, 'other device')), others.map(({ finding, followers }) =>
    element('div', { id: cardId(finding), tabindex: '-1' }, element('h4', {}, finding.device), drawInstance(finding.occurrences[0]), drawFollowers(followers))));
}

/** What would have met the requirement, where no scale shows what was expected. */
function drawLookedFor({ row, verdict, occurrences: [first] }) {
  const isScaled = first.window && first.measured !== undefined;
  if (isScaled || verdict === 'inconclusive') return '';
  return element('p', { class: 'reason' }, `Looked for: ${catalogue[row].observed}`);
}

function drawCard({ finding, followers, others }) {
  const row = catalogue[finding.row];
  const [first, ...rest] = finding.occurrences;
  const more = rest.filter((one) => one.verdict !== 'pass' && one.verdict !== 'info');
  const card = element('article', { class: `card ${finding.verdict}`, id: cardId(finding), tabindex: '-1', 'aria-label': `${words(finding.verdict)} ${finding.row}` },
    element('h3', {}, element('span', { class: finding.verdict }, words(finding.verdict).toUpperCase()), ` ${finding.row}`, whoseCard(finding, others)),
    element('p', {}, row.sentence, ' ', element('span', { class: 'clause' }, `[${row.clause}]`)),
    others.length ? element('p', { class: 'quiet' }, `${finding.device}:`) : '', drawInstance(first), drawLookedFor(finding));
  if (more.length) {
    card.append(element('details', {}, element('summary', {}, `${plural(more.length, 'other occurrence')}${finding.count > finding.occurrences.length ? ' and more' : ''}`),
      more.map(drawInstance)));
  }
  card.append(...[drawOthers(others), drawFollowers(followers)].filter(Boolean));
  card.append(element('details', {}, element('summary', {}, 'How a capture shows it'),
    element('p', {}, row.observed), row.tolerance ? element('p', { class: 'quiet' }, `Tolerance: ${row.tolerance}`) : '',
    element('p', { class: 'quiet' }, 'More: ', element('code', {}, `sipharness explain ${finding.row}`))));
  return card;
}

function drawFindings() {
  const tops = heads();
  fill('findings', tops.length ? [tops.map(drawCard), nameGuide()]
    : element('p', { class: 'empty' }, data.nothing_judged || `No requirement was broken; ${plural(data.counts.pass, 'requirement')} passed.`));
}

/** Clauses name the vendor's guide in one word. */
function nameGuide() {
  return broken.some(({ row }) => catalogue[row].clause.startsWith('guide'))
    ? element('p', { class: 'quiet' }, 'The guide is Grandstream\'s "GRP26xx - Server Redundancy Guide"; it binds devices that claim it.') : '';
}

function showCard(finding) {
  const card = document.getElementById(cardId(finding));
  if (!card) return;
  for (let up = card.parentElement; up; up = up.parentElement) if (up.tagName === 'DETAILS') up.open = true;
  card.scrollIntoView({ block: 'center' });
  card.focus();
}

// --- All requirements ---

function drawRows() {
  const order = ['fail', 'warn', 'inconclusive', 'pass', 'info', 'not_applicable'];
  const search = element('input', { type: 'search', id: 'row-search', placeholder: 'id, words or clause' });
  const groups = order.map((verdict) => {
    const found = data.findings.filter((one) => one.verdict === verdict);
    const lines = found.map((one) => element('tr', {},
      element('td', {}, one.row), element('td', {}, catalogue[one.row].sentence, ' ', element('span', { class: 'quiet' }, `[${catalogue[one.row].clause}]`)),
      element('td', {}, one.occurrences[0].message + (one.count > 1 ? ` (and ${one.count - 1} more)` : '') + (one.devices ? ` (${one.devices} devices)` : ''))));
    const count = element('span', {}, `${found.length}`);
    const group = element('details', { 'data-verdict': verdict }, element('summary', {}, count, ` ${words(verdict)}`),
      element('table', { class: 'table' }, element('thead', {}, element('tr', {}, ['requirement', 'sentence', 'what was seen'].map((text) => element('th', { scope: 'col' }, text)))),
        element('tbody', {}, lines)));
    return { group, lines, count };
  }).filter(({ lines }) => lines.length);
  search.addEventListener('input', () => {
    const wanted = search.value.toLowerCase();
    for (const { group, lines, count } of groups) {
      let shown = 0;
      for (const line of lines) {
        line.hidden = !line.textContent.toLowerCase().includes(wanted);
        shown += line.hidden ? 0 : 1;
      }
      count.textContent = wanted ? `${shown} of ${lines.length}` : `${lines.length}`;
      group.open = wanted !== '' && shown > 0;
    }
  });
  section('rows').append(element('div', { class: 'tools' }, element('label', { for: 'row-search' }, 'Search'), search), ...groups.map(({ group }) => group));
}

// --- The capture ---

function drawCapture() {
  const roles = element('table', { class: 'table' },
    element('thead', {}, element('tr', {}, ['role', 'who', 'known from'].map((text) => element('th', { scope: 'col' }, text)))),
    element('tbody', {}, data.roles.slice(0, 60).map((role) => element('tr', {}, element('td', {}, role.role),
      element('td', {}, [role.endpoint, role.account && `account ${role.account}`, role.user_agent].filter(Boolean).join(', ')),
      element('td', {}, role.known_from + (role.why ? `: ${role.why}` : ''))))));
  const { file, frames, messages, health, source, vantage, faults, remarks, guesses, left_out: leftOut } = data.capture;
  const lines = [`${file}: ${plural(frames, 'frame')}, ${plural(messages, 'SIP message')}, ${health}, ${source}; vantage ${vantage}`,
    ...faults, ...remarks, ...guesses, ...leftOut.map((one) => `${plural(one.count, 'message')} not judged: ${one.why}`)];
  section('capture').append(element('ul', { class: 'notes' }, lines.map((line) => element('li', {}, line))), roles);
}
