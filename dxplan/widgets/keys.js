// Keys that are pressed on a control belong to the control: JupyterLab looks for its shortcuts from the focused element on.
// And where the kernel has gone, the controls are dead: the page says so, and what to do.
const CONTROLS = "a[href], button, input, select, summary, textarea, [role=tab], [tabindex]";
const ALARM = "dxplan-stopped";
const LOOK = "position: fixed; left: 50%; bottom: 1rem; transform: translateX(-50%); z-index: 9999; max-width: 46rem; padding: .75rem 1rem;"
  + " border: 3px solid #b3000b; border-radius: 4px; background: #fff; color: #1a1a1c; font: 15px/1.6 'BIZ UDPGothic', 'Noto Sans JP', sans-serif;";
const HEAD = "計算のプログラム(カーネル)が止まりました。この画面を操作しても、計画は変わりません。保存した変更案は残っています。";
const TAIL = "控えのある変更は、同じ団体か変更案を開くと戻ります。";
const LAB = "メニューの「実行」から「すべてのセルを実行」を選び、「記録・保存・報告書」の「保存した変更案」で開いてください。";
const VOILA = "ブラウザでこのページを再読み込みし、団体を選んでから、「記録・保存・報告書」の「保存した変更案」で開いてください。";

function tell(stopped) {
  document.getElementById(ALARM)?.remove();
  if (!stopped) return;
  const alarm = Object.assign(document.createElement("div"), { id: ALARM, style: LOOK });
  alarm.setAttribute("role", "alert");
  document.body.append(alarm);
  alarm.textContent = HEAD + (document.querySelector(".jp-NotebookPanel") ? LAB : VOILA) + TAIL; // once it stands there: it is read out
}

function render({ model, el }) {
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
  const look = () => setTimeout(() => tell(el.closest(".jupyter-widgets-disconnected") !== null)); // the class comes with the same event
  model.on("comm_live_update", look);
  return () => {
    model.off("comm_live_update", look);
    tell(false);
    watch?.disconnect();
  };
}

export default { render };
