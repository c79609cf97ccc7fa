// A chart of bars, drawn anew with every run.
export default function ({ data, parentElement }) {
  const chart = element("figure", "", "", barRows(data.rows, data.low, data.high));
  chart.style.margin = 0;
  chart.setAttribute("role", "group");
  chart.setAttribute("aria-label", data.description);
  parentElement.querySelector("figure")?.remove();
  parentElement.append(chart);
}
