// Two tables of cells, a column for each firmware: sorted by any of them, and each cell tells its runs.

const weights = { fail: 5, warn: 4, inconclusive: 3, pass: 2 };
const text = (index) => data.texts[index];

/** The worse of two cells has the higher rank; of two alike that of the smaller margin. */
const rank = (cell) => (cell === null ? -1e9 : weights[cell.verdict] * 1e6 - Math.max(-1e5, Math.min(1e5, cell.margin ?? 1e5)));

function drawHead() {
  document.title = `Matrix of ${plural(data.firmwares.length, 'firmware')}`;
  section('head').append(
    element('div', { class: 'top' }, element('h1', {}, `${plural(data.runs.length, 'run')} of ${plural(data.firmwares.length, 'firmware')}`)),
    element('ul', { class: 'notes' }, data.firmwares.map((firmware) => element('li', {}, firmware.told))));
}

function drawEvidence([run, verdict, margin, requirement, message]) {
  const [scenario, seed, page] = data.runs[run];
  const name = `${text(scenario)}, seed ${seed}`;
  return element('tr', {},
    element('td', { class: verdict }, element('strong', {}, words(verdict).toUpperCase())),
    element('td', {}, page ? element('a', { href: reference(page) }, name) : name),
    element('td', {}, margin === null ? '' : seconds(margin)),
    element('td', {}, [text(requirement), text(message)].filter(Boolean).join(': ')));
}

function openCell(title, cell) {
  const left = cell.runs - cell.evidence.length;
  section('cell').replaceChildren(
    element('h2', { id: 'cell-title' }, title),
    element('p', {}, `${text(cell.told)}; ${plural(cell.runs, 'run')}${left > 0 ? `, the worst ${cell.evidence.length} below` : ''}.`),
    element('table', { class: 'table' },
      element('thead', {}, element('tr', {}, ['verdict', 'run', 'worst margin', 'what was found'].map((head) => element('th', { scope: 'col' }, head)))),
      element('tbody', {}, cell.evidence.map(drawEvidence))),
    element('button', { onclick: () => section('cell').close() }, 'Close'));
  section('cell').showModal();
}

function drawCell(line, cell, index) {
  if (cell === null) return element('td', {}, element('span', { class: 'hidden' }, 'not judged'));
  return element('td', {}, element('button', { class: cell.verdict, onclick: () => openCell(`${line.name}, ${data.firmwares[index].name}`, cell) },
    element('strong', {}, text(cell.told)), cell.margin === null ? '' : element('span', { class: 'quiet' }, ` ${seconds(cell.margin)}`)));
}

const kinds = {
  '': ['all rows', () => true],
  bad: ['rows that are not met by all', (line) => line.cells.some((cell) => cell && cell.verdict !== 'pass')],
  other: ['rows in which firmware differs', (line) => new Set(line.cells.filter(Boolean).map((cell) => cell.verdict)).size > 1],
  flaky: ['flaky rows', (line) => line.cells.some((cell) => cell?.flaky)],
};

function drawTable(id, lines, what) {
  const rows = lines.map((line, index) => ({ line, index, worst: Math.max(...line.cells.map(rank)),
    row: element('tr', {}, element('th', { scope: 'row' }, line.name), line.cells.map((cell, column) => drawCell(line, cell, column))) }));
  const body = element('tbody');
  const chosen = { kind: '', text: '' };
  const count = element('span', { class: 'quiet', role: 'status' });
  const show = () => {
    for (const { line, row } of rows) row.hidden = !kinds[chosen.kind][1](line) || !line.name.toLowerCase().includes(chosen.text);
    count.textContent = `${rows.filter(({ row }) => !row.hidden).length} of ${plural(rows.length, what)}`;
  };
  const heads = [what, ...data.firmwares.map(({ name }) => name)].map((name, column) =>
    element('th', { scope: 'col' }, element('button', { onclick: () => sort(column) }, name)));
  /** By the worst of the row first; a column's button sorts by it, once more the other way round. */
  const sort = (column) => {
    const up = heads[column].getAttribute('aria-sort') === 'descending';
    heads.forEach((head, index) => (index === column ? head.setAttribute('aria-sort', up ? 'ascending' : 'descending') : head.removeAttribute('aria-sort')));
    const key = column === 0 ? ({ index }) => -index : ({ line }) => rank(line.cells[column - 1]);
    rows.sort((a, b) => (up ? key(a) - key(b) : key(b) - key(a)) || a.index - b.index);
    body.replaceChildren(...rows.map(({ row }) => row));
  };
  rows.sort((a, b) => b.worst - a.worst || a.index - b.index);
  body.replaceChildren(...rows.map(({ row }) => row));
  section(id).append(
    element('div', { class: 'tools' },
      element('label', {}, 'Show', element('select', { onchange: ({ target }) => { chosen.kind = target.value; show(); } },
        Object.entries(kinds).map(([value, [name]]) => element('option', { value }, name)))),
      element('label', {}, 'Search', element('input', { type: 'search', oninput: ({ target }) => { chosen.text = target.value.toLowerCase(); show(); } })),
      count),
    element('div', { class: 'matrix', role: 'region', tabindex: '0', 'aria-label': `${what} by firmware` },
      element('table', { class: 'table' }, element('thead', {}, element('tr', {}, heads)), body)));
  show();
}

drawHead();
drawTable('scenarios', data.scenarios, 'scenario');
drawTable('requirements', data.requirements, 'requirement');
