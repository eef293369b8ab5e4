// One parameter: a label, a slider, a box that takes what people type, and the sentence that is said beside it.
function element(kind, parent, properties = {}) {
  const found = Object.assign(document.createElement(kind), properties);
  parent.append(found);
  return found;
}

function render({ model, el }) {
  const name = `dxplan-field-${Math.random().toString(36).slice(2)}`; // each view is a module of its own
  el.classList.add("dxplan-field");
  const label = element("label", el, { htmlFor: `${name}-box`, className: "dxplan-label" });
  const row = element("div", el, { className: "dxplan-row" });
  const slider = model.get("kind") === "number" ? element("input", row, { type: "range", id: `${name}-slider` }) : null;
  const box = element(model.get("kind") === "choice" ? "select" : "input", row, { id: `${name}-box` });
  const unit = element("span", row, { className: "dxplan-unit" });
  const lid = element("details", el, { className: "dxplan-lid" });
  element("summary", lid, { textContent: "説明と出典" });
  const help = element("p", lid, { id: `${name}-help`, className: "dxplan-help" });
  const fault = element("p", el, { id: `${name}-fault`, className: "dxplan-fault" });
  fault.setAttribute("role", "alert");
  box.setAttribute("aria-describedby", `${help.id} ${fault.id}`); // read out even where the lid is closed
  if (box.type === "text") Object.assign(box, { autocomplete: "off", spellcheck: false });

  let resting = false, more = false;
  function send(text) {
    model.set("typed", { text, count: (model.get("typed").count || 0) + 1 });
    more = resting;
    if (resting) return; // at once, then one message a frame: the last value wins
    resting = true;
    model.save_changes();
    requestAnimationFrame(() => {
      resting = false;
      if (more) send(model.get("typed").text);
    });
  }

  function show() {
    label.textContent = model.get("label");
    unit.textContent = model.get("unit");
    help.textContent = model.get("help");
    if (slider) {
      slider.setAttribute("aria-label", `${model.get("label")}(つまみ)`);
      slider.setAttribute("aria-valuetext", `${model.get("shown")}${model.get("unit")}`);
      Object.assign(slider, { min: model.get("low"), max: model.get("high"), step: model.get("step") });
      if (document.activeElement !== slider) slider.value = model.get("number");
    }
    if (box.tagName === "SELECT" && box.options.length !== model.get("choices").length)
      box.replaceChildren(...model.get("choices").map((choice) => new Option(choice, choice)));
    if (document.activeElement !== box || box.tagName === "SELECT") box.value = model.get("shown");
    say();
  }

  function say() {
    const sentence = model.get("fault");
    fault.textContent = sentence;
    box.setAttribute("aria-invalid", sentence ? "true" : "false");
    el.classList.toggle("dxplan-wrong", Boolean(sentence));
    el.classList.toggle("dxplan-changed", model.get("changed"));
  }

  if (slider)
    slider.addEventListener("input", () => {
      box.value = slider.value;
      slider.setAttribute("aria-valuetext", `${slider.value}${model.get("unit")}`);
      send(slider.value);
    });
  box.addEventListener("change", () => send(box.value));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      box.value = model.get("shown");
      send(box.value);
    }
  });
  box.addEventListener("blur", () => {
    if (!model.get("fault")) box.value = model.get("shown");
  });
  const told = ["shown", "number", "fault", "changed"].map((trait) => `change:${trait}`); // not what was typed here
  told.forEach((event) => model.on(event, show));
  show();
  return () => told.forEach((event) => model.off(event, show));
}

export default { render };
