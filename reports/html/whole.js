// The page of a result that is there as a whole.

read(data);
drawHead();
drawFindings();
drawRows();
drawCapture();
drawLadder();
drawOverview();
drawCharts();
window.addEventListener('resize', redrawOverview);
