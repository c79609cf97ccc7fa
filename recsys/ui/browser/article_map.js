// A map of articles as dots on a canvas: what a dot is called when it is pointed at, and which one was clicked.
const NEAR = 14; // pixels from a dot that still count as on it
const EDGE = 16;

export default function ({ data, parentElement, setTriggerValue }) {
  let root = parentElement.querySelector(".map");
  if (!root) {
    root = element("div", "map", "", element("div", "legend"), element("canvas"), element("div", "tip"));
    parentElement.append(root);
  }
  const [legend, canvas, tip] = root.children;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", data.description);
  legend.replaceChildren(...data.kinds.filter((kind) => kind.label).map(entry));
  const [left, right, bottom, top] = limits(data);
  let [places, pointed] = [[], -1];

  canvas.onpointermove = (event) => show(nearest(event));
  canvas.onpointerleave = () => show(-1);
  canvas.onclick = (event) => {
    // What is named is what is chosen: a click's position is in whole pixels, a pointer's is not.
    const at = pointed >= 0 ? pointed : nearest(event);
    if (at >= 0) setTriggerValue("clicked", data.ids[at]);
  };
  root.watch?.disconnect();
  root.watch = new ResizeObserver(draw);
  root.watch.observe(canvas);
  draw();

  function draw() {
    const { clientWidth: width, clientHeight: height } = canvas;
    if (!width) return;
    const scale = Math.min((width - 2 * EDGE) / (right - left || 1), (height - 2 * EDGE) / (top - bottom || 1));
    places = data.x.map((x, at) => [
      width / 2 + (x - (left + right) / 2) * scale,
      height / 2 - (data.y[at] - (bottom + top) / 2) * scale,
    ]);
    const dense = window.devicePixelRatio || 1;
    Object.assign(canvas, { width: width * dense, height: height * dense });
    const pen = canvas.getContext("2d");
    pen.scale(dense, dense);
    data.kinds.forEach((kind, number) => {
      pen.fillStyle = pen.strokeStyle = colour(kind.colour);
      pen.globalAlpha = kind.opacity;
      data.kind.forEach((own, at) => own === number && mark(pen, kind, ...places[at]));
    });
    pen.globalAlpha = 1;
    const chosen = data.ids.indexOf(data.chosen);
    if (chosen < 0) return;
    pen.strokeStyle = colour("orange");
    pen.lineWidth = 3;
    pen.beginPath();
    pen.arc(...places[chosen], 10, 0, 2 * Math.PI);
    pen.stroke();
  }

  function mark(pen, { shape, size }, x, y) {
    if (shape === "square") pen.fillRect(x - size / 2, y - size / 2, size, size);
    else if (shape === "cross") {
      pen.fillRect(x - size / 2, y - 1.5, size, 3);
      pen.fillRect(x - 1.5, y - size / 2, 3, size);
    } else {
      pen.beginPath();
      pen.arc(x, y, size / 2, 0, 2 * Math.PI);
      pen.fill();
    }
  }

  function nearest({ offsetX, offsetY }) {
    let [best, found] = [NEAR ** 2, -1];
    places.forEach(([x, y], at) => {
      const far = (x - offsetX) ** 2 + (y - offsetY) ** 2;
      // Of dots on top of each other the one that is drawn last.
      if (far < best || (far === best && data.kind[at] > data.kind[found])) [best, found] = [far, at];
    });
    return found;
  }

  function show(at) {
    pointed = at;
    tip.hidden = at < 0;
    canvas.style.cursor = at < 0 ? "default" : "pointer";
    if (at < 0) return;
    tip.replaceChildren(element("b", "", data.titles[at]), element("span", "", data.sections[at]));
    const [x, y] = places[at];
    tip.style.left = `${Math.max(0, Math.min(x + 12, canvas.clientWidth - tip.offsetWidth))}px`;
    tip.style.top = `${canvas.offsetTop + Math.max(0, Math.min(y + 12, canvas.clientHeight - tip.offsetHeight))}px`;
  }

  function entry(kind) {
    const sign = element("span", `sign ${kind.shape}`);
    sign.style.setProperty("--colour", `var(--st-${kind.colour}-color)`);
    return element("span", "", "", sign, kind.label);
  }

  function colour(name) {
    return getComputedStyle(root).getPropertyValue(`--st-${name}-color`);
  }
}

function limits({ x, y }) {
  return [Math.min(...x), Math.max(...x), Math.min(...y), Math.max(...y)];
}
