// Keys that are pressed on a control belong to the control: JupyterLab looks for its shortcuts from the focused element on.
const CONTROLS = "a[href], button, input, select, summary, textarea, [role=tab], [tabindex]";

function render({ el }) {
  el.style.display = "none";
  const mark = (root) => root.querySelectorAll(CONTROLS).forEach((control) => control.setAttribute("data-lm-suppress-shortcuts", "true"));
  let watch = null;
  const begin = () => {
    const root = el.closest(".jp-OutputArea-output") || document.body;
    mark(root);
    watch = new MutationObserver(() => mark(root));
    watch.observe(root, { childList: true, subtree: true });
  };
  requestAnimationFrame(begin); // once it stands in the page
  return () => watch && watch.disconnect();
}

export default { render };
