// The page of a result that is there as a whole.

read(data);
drawHead();
drawFindings();
drawFleet();
drawRows();
drawCapture();
drawLadder();
drawOverview();
drawCharts();
window.addEventListener('resize', redrawOverview);

// On paper nothing can be unfolded.
const folded = () => document.querySelectorAll('.card details');
let unfolded = [];
window.addEventListener('beforeprint', () => {
  unfolded = [...folded()].filter((one) => !one.open);
  for (const one of unfolded) one.open = true;
});
window.addEventListener('afterprint', () => { for (const one of unfolded) one.open = false; });
