// --- Fleet: what many devices came to together, and the load on each server ---

/** REGISTERs in each second as columns, as many as there is room for: the busiest second of each. */
function columnsOf(registers, room) {
  const step = Math.max(1, Math.ceil(registers.length / room));
  return Array.from({ length: Math.ceil(registers.length / step) }, (_, index) => Math.max(...registers.slice(index * step, (index + 1) * step)));
}

function drawStorm({ server, registers, outage }, length) {
  const [width, height, left, foot] = [900, 150, 60, 20];
  const most = Math.max(1, ...columnsOf(registers, 800));
  const at = (second) => left + (second / length) * (width - left - 10);
  const columns = columnsOf(registers, 800);
  const step = registers.length / columns.length;
  return drawing('svg', { class: 'chart', viewBox: `0 0 ${width} ${height + foot}`, role: 'img', 'aria-label': `REGISTERs in each second at the ${server}, at most ${most}` },
    outage ? drawing('rect', { class: 'outage', x: at(outage[0]), width: at(outage[1]) - at(outage[0]), y: 0, height }, drawing('title', {}, `the ${server} is out`)) : '',
    drawing('line', { class: 'axis', x1: left, x2: width - 10, y1: height, y2: height }),
    columns.map((count, index) => (count ? drawing('rect', { class: 'load', x: at(index * step), width: Math.max(1, at(step) - at(0) - 0.5), y: height - (count / most) * (height - 14), height: (count / most) * (height - 14) },
      drawing('title', {}, `${plural(count, 'REGISTER')} in second ${Math.floor(index * step)}`)) : '')),
    drawing('text', { class: 'label', x: 0, y: 14 }, server), drawing('text', { x: 0, y: 30 }, `${most} per s`),
    drawing('text', { x: left, y: height + 14 }, '0 s'), drawing('text', { x: width - 10, y: height + 14, 'text-anchor': 'end' }, `${length} s`));
}

function drawFleet() {
  section('fleet').hidden = !data.fleet;
  if (!data.fleet) return;
  const length = Math.max(1, ...data.fleet.storms.map(({ registers, outage }) => Math.max(registers.length, outage?.[1] ?? 0)));
  fill('fleet', element('pre', { class: 'fleet' }, data.fleet.lines.join('\n')),
    element('p', { class: 'quiet' }, 'REGISTERs in each second, copies too; shaded: the server is out. Of each requirement ten devices of each verdict are told of below and in the ladder.'),
    data.fleet.storms.map((storm) => wide(`REGISTERs in each second at the ${storm.server}`, drawStorm(storm, length))));
}
