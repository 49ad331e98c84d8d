// --- Times: what was measured, on the scale of what was expected ---

const position = (value, [low, high], width) => ((value - low) / (high - low)) * width;

/** The window that was expected as a band, what was measured as a dot on it, and how far it is from the nearest end. */
function scale({ window: { min = 0, max }, measured, margin, verdict }) {
  const width = 500;
  const top = max ?? Math.max(measured, min) * 1.2;
  const range = [Math.min(0, min, measured), Math.max(top, measured) * 1.08 || 1];
  const at = (value) => 10 + position(value, range, width - 20);
  const ends = [[min, seconds(min)], ...(max === undefined ? [] : [[max, seconds(max)]])].filter(([value], index) => value > 0 || index > 0);
  const told = `${seconds(measured)}${margin === undefined ? '' : margin < 0 ? `, ${seconds(-margin)} outside` : `, ${seconds(margin)} inside`}`;
  const together = ends.length > 1 && at(top) - at(min) < 60;
  return drawing('svg', { class: `scale ${verdict}`, viewBox: `0 0 ${width} 46`, role: 'img', 'aria-label': `measured ${told}; expected ${ends.map((one) => one[1]).join(' to ')}` },
    drawing('line', { class: 'axis', x1: 10, x2: width - 10, y1: 24, y2: 24 }),
    drawing('rect', { class: 'band', x: at(min), width: Math.max(2, at(top) - at(min)), y: 17, height: 14 }),
    together ? drawing('text', { x: Math.min(Math.max(at(min), 60), width - 80), y: 44, 'text-anchor': 'middle' }, ends.map((one) => one[1]).join(' to '))
      : ends.map(([value, text]) => drawing('text', { x: at(value), y: 44, 'text-anchor': at(value) > width - 60 ? 'end' : at(value) < 60 ? 'start' : 'middle' }, text)),
    drawing('circle', { class: 'dot', cx: at(measured), cy: 24, r: 5 }),
    drawing('text', { class: 'value', x: Math.min(Math.max(at(measured), 70), width - 80), y: 11, 'text-anchor': 'middle' }, told));
}

/** Findings with what they measured; those of many devices together. */
function ofEachRow() {
  if (data.devices.length < crowd) return data.findings.map((finding) => ({ finding, occurrences: finding.occurrences }));
  const rows = new Map();
  for (const finding of data.findings) {
    const one = rows.get(finding.row) ?? { finding, occurrences: [] };
    one.occurrences.push(...finding.occurrences);
    if (worst[finding.verdict] < worst[one.finding.verdict]) one.finding = finding;
    rows.set(finding.row, one);
  }
  return [...rows.values()];
}

/** Each window that was expected, once. */
function windowsOf(occurrences) {
  return [...new Map(occurrences.map(({ window }) => [`${window.min} ${window.max}`, window])).values()].slice(0, 40);
}

const worst = { fail: 0, warn: 1, inconclusive: 2, pass: 3, info: 4, not_applicable: 5 };

/** Every interval that was judged, a line for each requirement, the worst first. */
function drawIntervals() {
  const measured = ofEachRow().map(({ finding, occurrences }) => ({ finding, all: occurrences.filter((one) => one.window && one.measured !== undefined) }))
    .filter(({ all }) => all.length).sort((a, b) => worst[a.finding.verdict] - worst[b.finding.verdict]);
  if (!measured.length) return '';
  const line = 26;
  const width = 900;
  const left = 190;
  const picture = drawing('svg', { class: 'chart', viewBox: `0 0 ${width} ${measured.length * line + 24}`, role: 'img', 'aria-label': `${plural(measured.length, 'requirement')} with measured times; the table of all requirements has the figures` });
  measured.forEach(({ finding, all }, index) => {
    const y = index * line + 16;
    const ends = all.flatMap((one) => [one.window.min ?? 0, one.window.max ?? one.measured, one.measured]);
    const longest = 2.5 * Math.max(...all.map((one) => one.measured)); // of a schedule that doubles, as far as it was followed
    const last = windowsOf(all).length > 3 ? Math.min(longest, Math.max(...ends)) : Math.max(...ends);
    const range = [Math.min(0, ...ends), last * 1.06 || 1];
    const at = (value) => left + position(value, range, width - left - 110);
    picture.append(drawing('g', { class: finding.verdict },
      drawing('text', { class: 'label', x: 0, y: y + 4 }, drawing('title', {}, catalogue[finding.row].sentence), `${finding.row}${data.devices.length > 1 && data.devices.length < crowd ? ` ${finding.device}` : ''}`),
      drawing('line', { class: 'axis', x1: left, x2: width - 110, y1: y, y2: y }),
      windowsOf(all).filter(({ min = 0 }) => min < range[1]).map(({ min = 0, max = range[1] }) => drawing('rect', { class: 'band', x: at(min), y: y - 7, width: Math.max(2, at(Math.min(max, range[1])) - at(min)), height: 14 })),
      all.slice(0, 200).sort((a, b) => worst[b.verdict] - worst[a.verdict]).map((one) => drawing('circle', { class: `dot ${one.verdict}`, cx: at(one.measured), cy: y, r: 4 }, drawing('title', {}, one.message))),
      drawing('text', { x: width - 100, y: y + 4 }, `0 to ${seconds(range[1] / 1.06)}`)));
  });
  return picture;
}

/** The moments at which RFC 3261 has a request sent: T1, then twice as long each time, up to T2 for what is no INVITE (§17.1). */
function schedule(method, t1, until) {
  const moments = [0];
  for (let wait = t1; moments.at(-1) + wait < until; wait = method === 'INVITE' ? wait * 2 : Math.min(wait * 2, 4)) moments.push(moments.at(-1) + wait);
  return moments;
}

/** Each request over UDP that was sent more than once, against its schedule. */
function drawTransmissions() {
  const sent = new Map();
  for (const entry of entries) {
    if (entry.kind !== 'message' || !deviceLanes.includes(entry.from) || /^\d|^ACK/.test(entry.what)) continue;
    const one = sent.get(entry.first) ?? { entry, moments: [] };
    one.moments.push(entry.us);
    sent.set(entry.first, one);
  }
  const series = [...sent.values()].filter(({ moments }) => moments.length > 1).slice(0, 30);
  if (!series.length) return '';
  const t1 = data.phones[0]?.t1 ?? 0.5;
  const line = 24;
  const width = 900;
  const left = 260;
  const range = [0, Math.max(64 * t1, ...series.map(({ moments }) => (moments.at(-1) - moments[0]) / 1e6)) * 1.03];
  const at = (value) => left + position(value, range, width - left - 20);
  const picture = drawing('svg', { class: 'chart', viewBox: `0 0 ${width} ${series.length * line + 34}`, role: 'img', 'aria-label': `${plural(series.length, 'request')} sent more than once, against the schedule of RFC 3261` });
  series.forEach(({ entry, moments }, index) => {
    const y = index * line + 14;
    picture.append(drawing('g', {}, drawing('text', { class: 'label', x: 0, y: y + 4 }, `${entry.what} to ${ladder.lanes[entry.to].name}, frame ${entry.frame}`),
      drawing('line', { class: 'axis', x1: left, x2: width - 20, y1: y, y2: y }),
      schedule(entry.what, t1, 64 * t1).map((moment) => drawing('circle', { class: 'tick', cx: at(moment), cy: y, r: 6 })),
      moments.map((us) => drawing('circle', { class: 'dot info', cx: at((us - moments[0]) / 1e6), cy: y, r: 3 }))));
  });
  const foot = series.length * line + 20;
  for (const [value, text] of [[0, '0 s'], [64 * t1, `64·T1 = ${64 * t1} s`]]) {
    picture.append(drawing('line', { class: 'axis', x1: at(value), x2: at(value), y1: 0, y2: foot - 12 }), drawing('text', { x: at(value), y: foot, 'text-anchor': value ? 'end' : 'start' }, text));
  }
  return picture;
}

const wide = (label, picture) => element('div', { class: 'wide', role: 'region', tabindex: '0', 'aria-label': label }, picture);

function drawCharts() {
  const intervals = drawIntervals();
  const transmissions = drawTransmissions();
  if (intervals) section('charts').append(element('p', { class: 'quiet' }, 'What was measured (dots) and what was expected (bands); each line has its own scale.'), wide('Measured times', intervals));
  if (transmissions) section('charts').append(element('p', { class: 'quiet' }, 'Requests sent more than once: transmissions (dots) and when RFC 3261 has them sent (circles).'), wide('Requests sent more than once', transmissions));
  if (!intervals && !transmissions) section('charts').hidden = true;
}
