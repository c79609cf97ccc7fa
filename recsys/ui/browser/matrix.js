// The candidate matrix: a table that sorts in place, with one tab stop, whose chosen row opens.
const state = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  let view = state.get(parentElement);
  if (!view) {
    view = { root: element("div", "matrix edge"), rows: "" };
    state.set(parentElement, view);
    parentElement.append(view.root);
  }
  const { root } = view;
  const columns = columnsOf(data);
  const shown = JSON.stringify([data.rows, data.algorithms, data.shown]);
  const [by, down] = data.sort.startsWith("-") ? [data.sort.slice(1), true] : [data.sort, false];

  if (view.rows !== shown || view.sort !== data.sort) build();
  open();

  function build() {
    const focused = parentElement.activeElement?.closest("tr")?.dataset.id;
    const scrolled = root.querySelector(".scroll")?.scrollLeft ?? 0;
    Object.assign(view, { rows: shown, sort: data.sort });
    const head = element("tr");
    for (const column of columns) {
      const sorted = column.key === by;
      const button = element("button", "", column.label, element("span", "arrow", sorted ? (down ? "▼" : "▲") : ""));
      button.type = "button";
      button.title = column.help;
      button.onclick = () => setTriggerValue("sorted", sorted && !down ? `-${column.key}` : column.key);
      const cell = element("th", column.kind, "", button);
      cell.scope = "col";
      cell.setAttribute("aria-sort", sorted ? (down ? "descending" : "ascending") : "none");
      if (column.colour) cell.style.setProperty("--colour", `var(--st-${column.colour}-color)`);
      head.append(cell);
    }
    const body = element("tbody");
    const ordered = inOrder(data.rows, columns.find((one) => one.key === by) ?? columns[0], down);
    ordered.forEach((row, index) => body.append(line(row, ordered[index + 1])));
    const table = element("table", "", "", element("caption", "", data.caption), element("thead", "", "", head), body);
    table.style.setProperty("--algorithms", data.algorithms.length);
    const scroll = element("div", "scroll", "", table);
    body.onclick = (event) => choose(event.target.closest("tr[data-id]"));
    body.onkeydown = (event) => move(event);
    const skip = element("button", "skip", "Skip the table");
    skip.type = "button";
    skip.onclick = () => end.focus();
    const end = element("div", "end");
    end.tabIndex = -1;
    root.replaceChildren(skip, scroll, end);
    scroll.scrollLeft = scrolled;
    const first = (focused && body.querySelector(`[data-id="${focused}"]`)) || body.querySelector("tr[data-id]");
    if (first) first.tabIndex = 0;
    if (focused) first?.focus({ preventScroll: true });
    watchEdge(root, scroll);
  }

  function line(row, next) {
    const made = element("tr", row.hit ? "hit" : "");
    made.dataset.id = row.id;
    made.tabIndex = -1;
    for (const column of columns) made.append(column.cell(row));
    // Where the shown list ends, when the rows are in its order.
    if (by === "rank" && next && (row.rank <= data.shown) !== (next.rank <= data.shown)) made.classList.add("last-shown");
    return made;
  }

  function open() {
    const body = root.querySelector("tbody");
    body.querySelector("tr.detail")?.remove();
    for (const row of body.querySelectorAll("tr[data-id]")) {
      const chosen = Number(row.dataset.id) === data.chosen;
      row.classList.toggle("chosen", chosen);
      row.setAttribute("aria-selected", String(chosen));
      if (chosen && data.detail) {
        row.after(detailLine(data.detail));
        if (view.chosen !== data.chosen) bringIntoSight(row);
      }
    }
    view.chosen = data.chosen;
  }

  // Within the table alone: the page stays where it is.
  function bringIntoSight(row) {
    const scroll = root.querySelector(".scroll");
    const [top, bottom] = [row.offsetTop, row.offsetTop + row.offsetHeight];
    const isSeen = top >= scroll.scrollTop && bottom <= scroll.scrollTop + scroll.clientHeight;
    if (!isSeen) scroll.scrollTop = top - scroll.clientHeight / 3;
  }

  // Under the first two columns, which are always there, and over the others: a cell that spans columns makes room for
  // those that a narrow table hides.
  function detailLine(found) {
    const cell = element("td", "why", "", detail(found));
    cell.colSpan = 2;
    return element("tr", "detail", "", cell, ...columns.slice(2).map(({ kind }) => element("td", kind)));
  }

  function detail({ sentence, rows, low, high }) {
    const box = element("div", "opened", "", element("p", "", sentence));
    if (rows.length) box.append(barRows(rows, low, high));
    return box;
  }

  function choose(row) {
    if (row && !parentElement.getSelection?.()?.toString()) setTriggerValue("clicked", Number(row.dataset.id));
  }

  function move(event) {
    const row = event.target.closest("tr[data-id]");
    if (!row) return;
    const rows = [...root.querySelectorAll("tr[data-id]")];
    const at = rows.indexOf(row);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1, PageDown: at + 10, PageUp: at - 10 };
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(row);
    } else if (event.key in to) {
      event.preventDefault();
      const next = rows[Math.max(0, Math.min(rows.length - 1, to[event.key]))];
      row.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
    }
  }
}

function columnsOf({ algorithms, low, high }) {
  const number = (key, value) => (row) => element("td", `number ${key}`, value(row));
  const columns = [
    { key: "rank", label: "#", kind: "rank", help: "Rank in the final list", of: (row) => row.rank, cell: number("rank", (row) => row.rank) },
    { key: "article", label: "Article", kind: "article", help: "Headline", of: (row) => row.title, cell: headline },
    { key: "section", label: "Section", kind: "section", help: "Section", of: (row) => row.section, cell: (row) => element("td", "section", "", ...(row.tile >= 0 ? [tile(row.section, row.tile)] : [])) },
    { key: "age", label: "Age", kind: "age", help: "Time since readers could first open it", of: (row) => row.hours, cell: number("age", (row) => row.age) },
    { key: "score", label: "Score", kind: "score", help: "The reranker's score; articles without one were dropped by the first stage", best: true, of: (row) => row.score, cell: (row) => scoreCell(row, low, high) },
    { key: "moved", label: "Moved", kind: "moved", help: "Ranks ahead of its best rank in a single algorithm's list", best: true, of: (row) => row.moved, cell: number("moved", (row) => row.gained) },
  ];
  algorithms.forEach((algorithm, at) => {
    columns.push({
      key: algorithm.name, label: algorithm.short, kind: "algorithm", colour: algorithm.colour,
      help: `${algorithm.label}: rank in its own list, and its own score`,
      of: (row) => row.ranks[at],
      cell: (row) => suggestion(row.ranks[at], row.scores[at], algorithm.colour),
    });
  });
  return columns;
}

function headline(row) {
  const cell = element("th", "article", "", element("span", "title", row.title));
  cell.scope = "row";
  cell.title = row.title;
  cell.append(element("span", "about", row.tile >= 0 ? `${row.section} · ${row.age}` : row.age));
  if (row.hit) cell.append(element("span", "opened-next", "✓ opened next"));
  return cell;
}

function scoreCell(row, low, high) {
  if (row.score === null) return element("td", "score none", "dropped");
  const cell = element("td", "score", "", element("span", "", row.score.toFixed(2)));
  cell.style.setProperty("--length", `${(100 * (row.score - low)) / (high - low || 1)}%`);
  return cell;
}

function suggestion(rank, score, colour) {
  if (rank === null) return element("td", "algorithm");
  const cell = element("td", "algorithm", "", element("b", "", String(rank)), " ", element("span", "", score === null ? "" : short(score)));
  cell.style.setProperty("--colour", `var(--st-${colour}-color)`);
  cell.style.setProperty("--strength", `${Math.max(4, 40 - 15 * Math.log10(rank))}%`);
  return cell;
}

function short(value) {
  if (value !== 0 && Math.abs(value) < 0.001) return value > 0 ? "<0.001" : ">-0.001";
  return Math.abs(value) >= 100 ? value.toFixed(0) : Number(value.toPrecision(3)).toString();
}

// What is missing comes last in either order; equal values keep the order of the final list.
function inOrder(rows, column, down) {
  const sign = down !== Boolean(column.best) ? -1 : 1;
  const compare = (a, b) => (typeof a === "string" ? a.localeCompare(b) : a - b);
  return [...rows].sort((a, b) => {
    const [x, y] = [column.of(a), column.of(b)];
    if (x === null || y === null) return (x === null) - (y === null) || a.rank - b.rank;
    return sign * compare(x, y) || a.rank - b.rank;
  });
}
