"use strict";
// All runs as a table that sorts, filters, groups seeds and chooses columns; what is chosen stands in the address.
const data = JSON.parse(document.querySelector("#runs").textContent);
const runs = data.rows.map((row) => Object.fromEntries(data.columns.map((name, i) => [name, row[i]])));
const COLUMNS = {
  run: "run", status: "status", started: "started", data: "data", encoder: "encoder", method: "method", tags: "tags",
  note: "note", accuracy: "accuracy", macro_f1: "macro-F1", log_loss: "log loss", training_seconds: "training",
  trained: "parameters", seeds: "seeds",
};
const SCORES = ["accuracy", "macro_f1", "log_loss"], NUMBERS = [...SCORES, "training_seconds", "trained", "seeds"];
const FILTERS = { data: "data", method: "method", status: "status", tags: "tag" };
const FIRST = ["run", "status", "started", "data", "encoder", "method", ...SCORES, "training_seconds", "trained"];
if (runs.some((run) => run.tags)) FIRST.splice(1, 0, "tags");
const PAGE = 200;

const state = { q: "", sort: "started", down: true, seeds: false, columns: FIRST, shown: PAGE, ticked: new Set() };
for (const key of Object.keys(FILTERS)) state[key] = "";

const read = () => {
  const address = new URLSearchParams(location.hash.slice(1));
  for (const key of ["q", "sort", ...Object.keys(FILTERS)]) if (address.has(key)) state[key] = address.get(key);
  if (!(state.sort in COLUMNS)) state.sort = "started";
  if (address.has("up")) state.down = false;
  if (address.has("seeds")) state.seeds = true;
  if (address.has("columns")) state.columns = Object.keys(COLUMNS).filter((o) => address.get("columns").split(" ").includes(o));
};
const write = () => {
  const address = new URLSearchParams();
  for (const key of ["q", ...Object.keys(FILTERS)]) if (state[key]) address.set(key, state[key]);
  if (state.sort !== "started") address.set("sort", state.sort);
  if (!state.down) address.set("up", "");
  if (state.seeds) address.set("seeds", "");
  if (state.columns.join() !== FIRST.join()) address.set("columns", state.columns.join(" "));
  history.replaceState(null, "", `#${address}`);
};

const words = (run) => [run.run, run.data, run.method, run.encoder, run.tags, run.note, run.status].join(" ").toLowerCase();
const mean = (values) => values.reduce((sum, o) => sum + o, 0) / values.length;
const grouped = (some) => {
  const groups = new Map();
  for (const run of some) {
    const key = run.status === "completed" ? run.group : run.run;
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(run);
  }
  return [...groups.values()].map((runs) => {
    if (runs.length === 1) return runs[0];
    const one = { ...runs[0], runs: runs.map((o) => o.run), deviation: {} };
    for (const key of NUMBERS) {
      const values = runs.map((o) => o[key]).filter((o) => o !== null);
      one[key] = !values.length ? null : key === "seeds" ? values.reduce((sum, o) => sum + o, 0) : mean(values);
      if (SCORES.includes(key) && values.length > 1)
        one.deviation[key] = Math.sqrt(values.reduce((sum, o) => sum + (o - one[key]) ** 2, 0) / (values.length - 1));
    }
    return one;
  });
};
const chosen = () => {
  const wanted = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  const some = runs.filter((run) => Object.keys(FILTERS).every((key) => !state[key]
    || (key === "tags" ? run.tags.split(" ").includes(state.tags) : run[key] === state[key]))
    && (!wanted.length || wanted.every((word) => words(run).includes(word))));
  const found = state.seeds ? grouped(some) : some;
  const empty = (value) => value === null || value === "";
  return found.sort((a, b) => {
    const one = a[state.sort], other = b[state.sort];
    if (empty(one) || empty(other)) return empty(one) - empty(other);
    const order = one < other ? -1 : one > other ? 1 : 0;
    return state.down ? -order : order;
  });
};

const element = (name, text = "", more = {}) => Object.assign(document.createElement(name), { textContent: text }, more);
const clock = (seconds) => {
  const whole = Math.round(seconds), parts = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return (parts[0] ? parts : parts.slice(1)).map((o, i) => (i ? String(o).padStart(2, "0") : o)).join(":");
};
const cell = (run, key) => {
  const value = run[key], made = element("td");
  if (NUMBERS.includes(key)) made.className = "number nowrap";
  if (key === "run") {
    const names = run.runs ?? [run.run];
    if (run.status === "completed") {
      const tick = element("input", "", { type: "checkbox", name: "run", checked: names.every((o) => state.ticked.has(o)) });
      tick.setAttribute("aria-label", `compare ${names.join(", ")}`);
      tick.addEventListener("input", () => {
        for (const name of names) tick.checked ? state.ticked.add(name) : state.ticked.delete(name);
        tell();
      });
      made.append(tick, " ");
    }
    const label = run.runs ? `${run.name} × ${run.runs.length}` : run.name;
    made.append(run.report ? element("a", label, { href: `${encodeURIComponent(run.run)}/report.html` }) : label);
  } else if (key === "status") {
    made.append(element("span", value, { className: `status ${value}` }));
  } else if (key === "started") {
    made.className = "nowrap";
    made.textContent = value.slice(0, 16).replace("T", " ");
  } else if (value === null) {
    made.textContent = "–";
  } else if (SCORES.includes(key)) {
    const spread = run.runs ? run.deviation[key] : null;
    const detail = spread !== null && spread !== undefined ? `± ${spread.toFixed(3)}`
      : run.runs ? "" : `${run[`${key}_low`].toFixed(3)}–${run[`${key}_high`].toFixed(3)}`;
    made.append(value.toFixed(3), element("br"), element("span", detail, { className: "quiet" }));
  } else {
    made.textContent = key === "training_seconds" ? clock(value) : NUMBERS.includes(key) ? Math.round(value).toLocaleString("en") : value;
  }
  return made;
};

const table = document.querySelector("table"), count = document.querySelector("#count"), more = document.querySelector("#more");
const command = document.querySelector("#compare");
const tell = () => {
  command.hidden = state.ticked.size < 2;
  command.querySelector("code").textContent = ["lorasent compare", ...state.ticked].join(" ");
};
const draw = () => {
  const found = chosen(), head = element("tr");
  for (const key of state.columns) {
    const heading = element("th", "", { scope: "col", className: NUMBERS.includes(key) ? "number" : "" });
    const button = element("button", COLUMNS[key], { type: "button" });
    button.addEventListener("click", () => {
      state.down = state.sort === key ? !state.down : true;
      state.sort = key;
      draw();
      table.querySelector(`th:nth-child(${state.columns.indexOf(key) + 1}) button`).focus();
    });
    if (state.sort === key) heading.setAttribute("aria-sort", state.down ? "descending" : "ascending");
    heading.append(button);
    head.append(heading);
  }
  table.tHead.replaceChildren(head);
  table.tBodies[0].replaceChildren(...found.slice(0, state.shown).map((run) => {
    const row = element("tr");
    row.append(...state.columns.map((key) => cell(run, key)));
    return row;
  }));
  count.textContent = `${found.length.toLocaleString("en")} of ${runs.length.toLocaleString("en")} runs`
    + (state.seeds ? ", seeds together" : "");
  more.hidden = found.length <= state.shown;
  tell();
  write();
};

const bar = document.querySelector("#controls");
const control = (label, input) => {
  const field = element("label", `${label} `);
  field.append(input);
  bar.append(field);
  return input;
};
const change = (key, value) => {
  state[key] = value;
  state.shown = PAGE;
  draw();
};
read();
const search = control("with the words", element("input", "", { type: "search", value: state.q }));
search.addEventListener("input", () => change("q", search.value));
for (const [key, label] of Object.entries(FILTERS)) {
  const values = runs.flatMap((run) => (key === "tags" ? run.tags.split(" ") : [run[key]]));
  const choices = [...new Set(values)].filter(Boolean).sort();
  if (choices.length < 2 && key !== "tags") continue;
  if (!choices.length) continue;
  const select = element("select");
  select.append(new Option("any", ""), ...choices.map((o) => new Option(o)));
  select.value = state[key];
  control(label, select).addEventListener("input", () => change(key, select.value));
}
const together = control("seeds together", element("input", "", { type: "checkbox", checked: state.seeds }));
together.addEventListener("input", () => change("seeds", together.checked));
const folded = element("details"), choices = element("div", "", { className: "controls" });
folded.append(element("summary", "columns"), choices);
for (const [key, label] of Object.entries(COLUMNS)) {
  const field = element("label"), tick = element("input", "", { type: "checkbox", checked: state.columns.includes(key), disabled: key === "run" });
  tick.addEventListener("input", () => change("columns", Object.keys(COLUMNS).filter((o) => (o === key ? tick.checked : state.columns.includes(o)))));
  field.append(tick, ` ${label}`);
  choices.append(field);
}
bar.after(folded);
more.addEventListener("click", () => { state.shown += 1000; draw(); });
draw();
