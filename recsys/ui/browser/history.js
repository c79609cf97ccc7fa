// One press of Back is one view back. Streamlit empties the address before it goes to another page, and puts a page's
// address into the history first bare and then with its view: the one is left out, the other replaces the bare one.
export default function () {
  if (history.pushState.isOneStepAView) return;
  const push = history.pushState.bind(history);
  history.pushState = (state, title, url) => {
    const next = new URL(url, location.href);
    const isHere = next.pathname === location.pathname;
    if (isHere && next.search === "") return;
    if (isHere && location.search === "") history.replaceState(state, title, url);
    else push(state, title, url);
  };
  history.pushState.isOneStepAView = true;
}
