// Streamlit marks the place to drop files as presentational and lets it take the focus: a screen reader would pass over
// what somebody has focused. It is a group with a name.
export default function () {
  const mend = () => {
    for (const one of document.querySelectorAll('[data-testid="stFileUploaderDropzone"][role="presentation"]'))
      one.setAttribute("role", "group");
  };
  mend();
  if (document.body.mendsUploaders) return;
  document.body.mendsUploaders = true;
  new MutationObserver(mend).observe(document.body, { subtree: true, childList: true, attributeFilter: ["role"] });
}
