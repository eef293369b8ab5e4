// When a key goes down, when messages pass, when the figure in sight is another, and when that is painted (ms of this page's clock).
(() => {
  const log = (window.dxplanLog = { change: null, done: true });
  const reader = new TextDecoder();
  const WHAT = [["figure", /<svg/], ["stale", /dxplan-stale/], ["first", /dxplan-(early|first)/], ["proved", /dxplan-proved/], ["typed", /"typed":\{/]];

  function note(way, data) {
    if (!(data instanceof ArrayBuffer) || !log.change) return;
    const text = reader.decode(data);
    const what = WHAT.find(([, pattern]) => pattern.test(text));
    if (!what || text.includes("echo_update")) return;
    const written = Date.parse((/"date":\s*"([^"]+)"/.exec(text) || [])[1]) - performance.timeOrigin; // by whoever sent it
    const name = `${way} ${what[0]}`;
    if (name === "in stale") delete log.change["in first"], delete log.change["in proved"]; // those were of the change before
    const later = name === "in first" && !log.change["in figure"]; // the last one before the figure is its own
    if (!(name in log.change) || later) log.change[name] = { at: performance.now(), written, bytes: data.byteLength };
  }

  window.WebSocket = class extends WebSocket {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", (event) => note("in", event.data));
    }
    send(data) {
      note("out", data instanceof ArrayBuffer ? data : data.buffer);
      super.send(data);
    }
  };

  window.addEventListener("keydown", () => Object.assign(log, { change: { key: performance.now() }, done: false }), true);

  log.watch = (figure) => {
    const seen = new MutationObserver(() => {
      const change = log.change;
      if (!change || change.mutated || change["in proved"] || !change["in figure"] || !change["in stale"]) return; // the first answer's alone
      change.mutated = performance.now();
      requestAnimationFrame(() => requestAnimationFrame(() => {
        change.painted = performance.now();
        log.done = true;
      }));
    });
    seen.observe(figure.closest(".widget-html-content"), { childList: true, subtree: true, characterData: true });
  };
})();
