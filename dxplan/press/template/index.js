"use strict";
(() => {
  const table = document.querySelector("table.index");
  const controls = document.getElementById("controls");
  const heads = [...table.tHead.rows[0].cells];
  const bodies = [...table.tBodies];
  const flat = document.createElement("tbody");
  const said = new Intl.NumberFormat("ja-JP");
  const collator = new Intl.Collator("ja");
  const kana = (found) => String.fromCharCode(found.charCodeAt(0) - 0x60);
  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/ヶ/g, "ケ").replace(/[ァ-ヴ]/g, kana);
  const rows = bodies.flatMap((body) => {
    const name = body.querySelector(".group span");
    return [...body.rows].filter((row) => !row.matches(".group")).map((row) => ({
      row, body, failed: row.matches(".bad"),
      words: plain([row.dataset.slug, name ? name.textContent : "", row.textContent].join(" ")),
    }));
  });
  rows.forEach((item, place) => { item.place = place; });
  let sorted = null;

  const make = (tag, fields, ...inside) => {
    const made = Object.assign(document.createElement(tag), fields);
    made.append(...inside);
    return made;
  };
  const search = make("input", { type: "search", id: "search", autocomplete: "off", spellcheck: false });
  const only = make("input", { type: "checkbox", id: "only" });
  const reset = make("button", { type: "button", textContent: "元に戻す" });
  const count = make("p", { id: "count", className: "count" });
  count.setAttribute("role", "status");
  controls.append(make("label", { htmlFor: "search" }, "団体名・コード・数値などで検索"), search);
  if (rows.some((item) => item.failed)) {
    controls.append(make("label", { className: "only" }, only, "失敗のみ"));
  }
  controls.append(reset, count);

  const tell = (shown) => {
    const found = shown === rows.length ? `${said.format(shown)}団体をすべて表示しています。`
      : shown ? `${said.format(rows.length)}団体のうち${said.format(shown)}団体を表示しています。` : "当てはまる団体はありません。";
    const order = sorted ? `「${sorted.label}」の${sorted.down ? "降順" : "昇順"}。` : "";
    if (count.textContent !== found + order) count.textContent = found + order;
  };
  const filter = () => {
    const wanted = plain(search.value).split(/\s+/).filter(Boolean);
    const kept = new Set();
    let shown = 0;
    for (const item of rows) {
      const fits = (!only.checked || item.failed) && wanted.every((word) => item.words.includes(word));
      if (item.row.hidden === fits) item.row.hidden = !fits;
      if (fits) { shown += 1; kept.add(item.body); }
    }
    for (const body of bodies) body.hidden = Boolean(sorted) || !kept.has(body);
    tell(shown);
  };

  const valueOf = (item, place, kind) => {
    if (kind === "place") return item.place;
    const cell = item.row.cells[place];
    if (!cell || (item.failed && place > 1)) return null;
    if (kind === "text") return cell.textContent || null;
    if (cell.dataset.v === undefined) return null;
    return kind === "number" ? Number(cell.dataset.v) : cell.dataset.v;
  };
  const compare = (a, b, kind) => kind === "text" ? collator.compare(a, b) : a < b ? -1 : a > b ? 1 : 0;
  const put = () => {
    const parts = new Map(bodies.map((body) => [body, []]));
    const list = rows.map((item) => ({ item, value: sorted ? valueOf(item, sorted.place, sorted.kind) : item.place }));
    if (sorted) {
      const turn = sorted.down ? -1 : 1;
      list.sort((a, b) => (a.value === null) - (b.value === null) ||
        (a.value === null ? 0 : turn * compare(a.value, b.value, sorted.kind)) || a.item.place - b.item.place);
    }
    for (const { item } of list) (sorted ? parts.get(bodies[0]) : parts.get(item.body)).push(item.row);
    if (sorted) flat.append(...parts.get(bodies[0]));
    else parts.forEach((part, body) => body.append(...part));
    if (sorted) table.append(flat); else flat.remove();
    for (const [place, head] of heads.entries()) {
      if (sorted && sorted.place === place) head.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    filter();
  };
  heads.forEach((head, place) => {
    const label = head.textContent;
    const words = make("span", {}, ...head.childNodes);  // printed on each page, as a button would not be
    const button = make("button", { type: "button", title: `${label}で並べ替え` });
    words.setAttribute("aria-hidden", "true");
    button.setAttribute("aria-label", label);
    head.append(words, button);
    button.addEventListener("click", () => {
      const down = Boolean(sorted) && sorted.place === place && !sorted.down;
      sorted = { place, label, down, kind: head.dataset.kind };
      put();
    });
  });

  const clear = () => {
    search.value = "";
    only.checked = false;
    sorted = null;
    put();
  };
  let wait = 0;
  search.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(filter, 120); });
  only.addEventListener("change", filter);
  reset.addEventListener("click", () => { clear(); search.focus(); });
  document.querySelectorAll(".tiles a").forEach((link) => link.addEventListener("click", clear));
  controls.hidden = false;
  filter();
})();
