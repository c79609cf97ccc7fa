// An article's clicks through the day as bars, with what happened when as lines and the clock; a click moves the clock.
export default function ({ data, parentElement, setTriggerValue }) {
  const span = data.end - data.start;
  const at = (time) => `${(100 * (time - data.start)) / span}%`;
  const most = Math.max(...data.counts, 1);
  const bars = element("div", "bars");
  for (const count of data.counts) {
    const bar = element("span", "");
    bar.style.height = `${(100 * count) / most}%`;
    bars.append(bar);
  }
  const plot = element("div", "plot", "", bars);
  data.marks.forEach((mark, row) => plot.append(line(mark, row)));
  plot.append(line({ time: data.now, label: "", tone: "now" }, 0));
  plot.onclick = (event) => {
    const box = plot.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    setTriggerValue("moved", Math.round(data.start + span * Math.min(Math.max(share, 0), 1)));
  };
  const axis = element("div", "axis");
  for (const [time, label] of data.hours) {
    const tick = element("span", "", label);
    tick.style.left = at(time);
    axis.append(tick);
  }
  const figure = element("figure", "story", "", plot, axis);
  figure.setAttribute("role", "img");
  figure.setAttribute("aria-label", data.description);
  parentElement.querySelector("figure")?.remove();
  parentElement.append(figure);

  function line(mark, row) {
    const made = element("span", `line ${mark.tone}`);
    made.style.left = at(mark.time);
    if (mark.label) {
      const label = element("span", (mark.time - data.start) / span > 0.7 ? "label left" : "label", mark.label);
      label.style.top = `${1.25 * row}rem`;
      made.append(label);
    }
    return made;
  }
}
