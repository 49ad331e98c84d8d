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

/** What several runs measured, each value a dot on the band that was expected, and a line at the median. */
function drawSpread({ row, window: { min = 0, max }, values, figures }) {
  const [least, median, , most] = figures;
  const width = 320;
  const low = Math.min(min, least);
  const high = Math.max(max ?? most, most);
  const room = (high - low) * 0.04 || 1;
  const at = (value) => ((value - low + room) / (high - low + 2 * room)) * width;
  const end = max === undefined ? width : at(max);
  return drawing('svg', { class: 'spread', viewBox: `0 0 ${width} 24`, role: 'img', 'aria-label': `${row}: ${plural(values.length, 'value')} from ${seconds(least)} to ${seconds(most)}` },
    drawing('line', { class: 'axis', x1: 0, x2: width, y1: 12, y2: 12 }),
    drawing('rect', { class: 'band', x: at(min), width: Math.max(2, end - at(min)), y: 5, height: 14 }),
    values.map((value) => drawing('circle', { class: `dot ${value < min || value > (max ?? value) ? 'fail' : 'info'}`, cx: at(value), cy: 12, r: 3.5 })),
    drawing('line', { class: 'median', x1: at(median), x2: at(median), y1: 2, y2: 22 }));
}

function expected({ min = 0, max }) {
  if (max === undefined) return `at least ${seconds(min)}`;
  return min === 0 ? `at most ${seconds(max)}` : `${seconds(min)} to ${seconds(max)}`;
}

function drawRepeats() {
  if (!data.repeats.length) return;
  section('repeats').hidden = false;
  const heads = ['requirement', 'measured', 'expected', 'n', 'min', 'median', 'p95', 'max'];
  for (const one of data.repeats) {
    section('repeats').append(element('details', { open: data.repeats.length === 1 || one.flaky.length > 0 },
      element('summary', {}, `${one.scenario}: ${one.passed} of ${one.runs} passed${one.flaky.length ? `, ${one.flaky.length} flaky` : ''}`),
      one.flaky.length ? element('ul', { class: 'notes' }, one.flaky.map((text) => element('li', {}, element('strong', { class: 'warn' }, 'FLAKY '), text))) : '',
      one.intervals.length ? element('div', { class: 'wide', role: 'region', tabindex: '0', 'aria-label': `intervals of ${one.scenario}` }, element('table', { class: 'table' },
        element('thead', {}, element('tr', {}, heads.map((text) => element('th', { scope: 'col' }, text)))),
        element('tbody', {}, one.intervals.map((interval) => element('tr', {},
          element('td', {}, interval.row), element('td', {}, drawSpread(interval)), element('td', {}, expected(interval.window)),
          element('td', {}, String(interval.count)), interval.figures.map((value) => element('td', {}, seconds(value)))))))) : '',
      one.more ? element('p', { class: 'quiet' }, `and ${plural(one.more, 'more window')}`) : ''));
  }
}

drawHead();
drawRuns();
drawRepeats();
