// What is other in a second set of runs: who was compared, then the changes, what matters most first.

const colours = { 'newly failing': 'fail', 'no longer decided': 'inconclusive', 'no longer exercised': 'inconclusive', 'interval moved': 'warn', 'newly passing': 'pass', 'decided now': 'pass' };

function drawHead() {
  document.title = visible(data.summary);
  section('head').append(
    element('div', { class: 'top' }, element('span', { class: `badge ${data.verdict}` }, data.headline), element('h1', {}, 'Firmware against firmware')),
    element('p', { class: 'summary' }, data.summary),
    element('ul', { class: 'notes' },
      element('li', {}, `before: ${data.before}`), element('li', {}, `after: ${data.after}`),
      data.notes.map((note) => element('li', {}, note))));
}

function drawChange(change) {
  return element('tr', {},
    element('td', { class: colours[change.kind] ?? 'quiet' }, element('strong', {}, change.kind)),
    element('td', {}, change.requirement), element('td', {}, change.where), element('td', {}, change.before),
    element('td', {}, change.after, change.moved ? element('div', { class: 'quiet' }, change.moved) : ''));
}

function drawChanges() {
  if (!data.changes.length) return section('changes').append(element('p', { class: 'empty' }, 'Nothing changed.'));
  const lines = data.changes.map(drawChange);
  const texts = lines.map((line) => line.textContent.toLowerCase());
  const chosen = { kind: '', text: '' };
  const count = element('span', { class: 'quiet', role: 'status' });
  const show = () => {
    lines.forEach((line, index) => { line.hidden = (chosen.kind !== '' && data.changes[index].kind !== chosen.kind) || !texts[index].includes(chosen.text); });
    count.textContent = `${lines.filter((line) => !line.hidden).length} of ${plural(lines.length, 'change')}`;
  };
  const present = [...new Set(data.changes.map(({ kind }) => kind))];
  section('changes').append(
    element('div', { class: 'tools' },
      element('label', {}, 'Show', element('select', { onchange: ({ target }) => { chosen.kind = target.value; show(); } },
        [['', 'all changes'], ...present.map((kind) => [kind, kind])].map(([value, name]) => element('option', { value }, name)))),
      element('label', {}, 'Search', element('input', { type: 'search', oninput: ({ target }) => { chosen.text = target.value.toLowerCase(); show(); } })), count),
    element('table', { class: 'table runs' },
      element('thead', {}, element('tr', {}, ['change', 'requirement', 'scenario', 'before', 'after'].map((head) => element('th', { scope: 'col' }, head)))),
      element('tbody', {}, lines)));
  return show();
}

drawHead();
drawChanges();
