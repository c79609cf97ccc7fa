// One press of Back is one view back. When Streamlit goes to another page it empties the address of the old one, then
// pushes the page's address bare and again with its view; or, where the browser is busy, the new view at the old page
// first. What belongs to one step becomes one entry.
const ONE_STEP = 1000; // ms

export default function () {
  if (history.pushState.isOneStepAView) return;
  const push = history.pushState.bind(history);
  let early = null; // a view that was pushed at this page, perhaps for the next one
  history.pushState = (state, title, url) => {
    const next = new URL(url, location.href);
    const isHere = next.pathname === location.pathname;
    if (isHere && next.search === "") return;
    const isBareHere = isHere && location.search === "";
    const isEarlyOnes = !isHere && next.search === early?.search && performance.now() - early.at < ONE_STEP;
    if (isBareHere || isEarlyOnes) history.replaceState(state, title, url);
    else push(state, title, url);
    early = isHere && !isBareHere ? { search: next.search, at: performance.now() } : null;
  };
  history.pushState.isOneStepAView = true;
}
