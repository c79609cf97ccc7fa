// Rows of labelled bars on one scale: { label, help, text, start, end, tone }, the numbers in the unit of the scale.
function barRows(rows, low, high) {
  const at = (value) => (100 * (value - low)) / (high - low || 1);
  const list = element("ol", "bars");
  for (const row of rows) {
    const bar = element("span", `bar ${row.tone}`);
    const [left, right] = [Math.min(row.start, row.end), Math.max(row.start, row.end)];
    bar.style.left = `${at(left)}%`;
    if (!["up", "down", "total"].includes(row.tone)) bar.style.background = `var(--st-${row.tone}-color)`;
    bar.style.width = `max(2px, ${at(right) - at(left)}%)`;
    const zero = element("span", "zero");
    zero.style.left = `${at(0)}%`;
    const label = element("span", "label", row.label);
    if (row.help) label.append(element("span", "help", row.help));
    list.append(element("li", "", "", label, element("span", "track", "", zero, bar), element("span", "amount", row.text)));
  }
  return list;
}
