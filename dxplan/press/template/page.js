"use strict";
(() => {
  const FEW = 15;
  const make = (tag, fields, ...inside) => {
    const made = Object.assign(document.createElement(tag), fields);
    made.append(...inside);
    return made;
  };
  const plain = (text) => text.normalize("NFKC").toLowerCase();

  for (const [place, box] of document.querySelectorAll(".scenarios").entries()) {
    const choices = [...box.querySelectorAll(":scope > details")];
    const names = choices.map((one) => one.querySelector("summary").textContent);
    const slider = make("input", { type: "range", id: `scenario-${place}`, min: 0, max: choices.length - 1, step: 1 });
    const told = make("output", { htmlFor: slider.id });
    const tell = () => {
      const open = choices.findIndex((one) => one.open);
      if (open >= 0) slider.value = open;
      told.textContent = open >= 0 ? names[open] : "";
      slider.setAttribute("aria-valuetext", told.textContent);
    };
    slider.addEventListener("input", () => {
      choices.forEach((one, number) => { one.open = number === Number(slider.value); });
      tell();
    });
    choices.forEach((one) => one.addEventListener("toggle", tell));
    box.prepend(make("div", { className: "control" }, make("label", { htmlFor: slider.id }, box.dataset.label), slider, told));
    tell();
  }

  for (const [place, table] of document.querySelectorAll("main table").entries()) {
    const bodies = [...table.tBodies];
    const rows = bodies.flatMap((body) => [...body.rows].filter((row) => !row.matches(".group")));
    if (rows.length < FEW) continue;
    const words = new Map(rows.map((row) => {
      const group = row.parentElement.querySelector(".group");
      return [row, plain(`${group ? group.textContent : ""} ${row.textContent}`)];
    }));
    const search = make("input", { type: "search", id: `filter-${place}`, autocomplete: "off", spellcheck: false });
    const count = make("span", {});
    count.setAttribute("role", "status");
    search.addEventListener("input", () => {
      const wanted = plain(search.value).split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const row of rows) {
        row.hidden = !wanted.every((word) => words.get(row).includes(word));
        shown += !row.hidden;
      }
      for (const body of bodies) body.hidden = ![...body.rows].some((row) => !row.hidden && !row.matches(".group"));
      count.textContent = wanted.length ? `${rows.length}行のうち${shown}行` : "";
    });
    const name = table.caption ? table.caption.textContent : "表";
    (table.closest(".scroll") || table).before(make("div", { className: "control" },
      make("label", { htmlFor: search.id }, `「${name}」を絞り込む`), search, count));
  }
})();
