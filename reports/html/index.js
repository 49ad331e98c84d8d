// The page of several runs: how many came to what, and each with what it came to, the worst first.

const order = ['fail', 'did_not_run', 'inconclusive', 'pass', 'not_exercised'];
const tally = { fail: 'failed', did_not_run: 'did not run', inconclusive: 'inconclusive', pass: 'passed', not_exercised: 'did not exercise the requirements named' };
const marks = { did_not_run: 'inconclusive', not_exercised: 'quiet' };
const chosen = { verdict: '', text: '' };

function drawHead() {
  document.title = `${words(data.verdict)}: ${plural(data.runs.length, 'run')}`;
  const counted = order.map((verdict) => [data.runs.filter((run) => run.verdict === verdict).length, tally[verdict]]).filter(([count]) => count);
  section('head').append(
    element('div', { class: 'top' }, element('span', { class: `badge ${data.verdict}` }, words(data.verdict).toUpperCase()),
      element('h1', {}, plural(data.runs.length, 'run'))),
    element('p', { class: 'summary' }, `${counted.map(([count, what]) => `${count} ${what}`).join(', ')}.`),
    element('ul', { class: 'facts' }, data.facts.map((fact) => element('li', {}, fact))));
}

function drawRun(run) {
  const name = run.page ? element('a', { href: reference(run.page) }, run.name) : run.name;
  return element('tr', { 'data-verdict': run.verdict },
    element('td', { class: marks[run.verdict] ?? run.verdict }, element('strong', {}, words(run.verdict).toUpperCase())),
    element('td', {}, name, run.title ? element('div', { class: 'quiet' }, run.title) : ''),
    element('td', {}, run.device),
    element('td', {}, run.what, run.counts ? element('div', { class: 'quiet' }, run.counts) : ''));
}

function drawRuns() {
  const runs = [...data.runs].sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
  const lines = runs.map(drawRun);
  const texts = lines.map((line) => line.textContent.toLowerCase());
  const count = element('span', { class: 'quiet', role: 'status' });
  const show = () => {
    let shown = 0;
    lines.forEach((line, index) => {
      line.hidden = (chosen.verdict !== '' && runs[index].verdict !== chosen.verdict) || !texts[index].includes(chosen.text);
      shown += line.hidden ? 0 : 1;
    });
    count.textContent = `${shown} of ${plural(lines.length, 'run')}`;
  };
  const present = order.filter((verdict) => runs.some((run) => run.verdict === verdict));
  const verdicts = element('select', { onchange: ({ target }) => { chosen.verdict = target.value; show(); } },
    [['', 'all runs'], ...present.map((verdict) => [verdict, tally[verdict]])].map(([value, text]) => element('option', { value }, text)));
  const search = element('input', { type: 'search', placeholder: 'scenario, device, requirement, words', oninput: ({ target }) => { chosen.text = target.value.toLowerCase(); show(); } });
  section('runs').append(
    element('div', { class: 'tools' }, element('label', {}, 'Show', verdicts), element('label', {}, 'Search', search), count),
    element('table', { class: 'table runs' },
      element('thead', {}, element('tr', {}, ['verdict', 'run', 'device', 'what it came to'].map((text) => element('th', { scope: 'col' }, text)))),
      element('tbody', {}, lines)));
  show();
}

drawHead();
drawRuns();
