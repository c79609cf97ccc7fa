// Streamlit pushes a page's address first bare and then with its view: the second replaces the first, so that one press
// of Back is one view back.
export default function () {
  if (history.pushState.replacesBare) return;
  const push = history.pushState.bind(history);
  history.pushState = (state, title, url) => {
    const next = new URL(url, location.href);
    const bare = next.pathname === location.pathname && location.search === "" && next.search !== "";
    if (bare) history.replaceState(state, title, url);
    else push(state, title, url);
  };
  history.pushState.replacesBare = true;
}
