"use strict";
// Sort a table by the column whose heading is pressed; empty cells always come last.
for (const button of document.querySelectorAll("th button")) {
  button.addEventListener("click", () => {
    const head = button.parentElement, table = head.closest("table"), body = table.tBodies[0];
    const column = [...head.parentElement.children].indexOf(head);
    const down = head.getAttribute("aria-sort") !== "descending";
    const key = (row) => row.children[column].dataset.value ?? row.children[column].textContent.trim();
    const compare = (a, b) => {
      if (a === "" || b === "") return (a === "") - (b === "");
      const order = isNaN(a) || isNaN(b) ? a.localeCompare(b) : a - b;
      return down ? -order : order;
    };
    for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...[...body.rows].sort((a, b) => compare(key(a), key(b))));
  });
}
// Rows that tell runs apart: narrowed down to what one has right and another wrong, and to what holds some words.
for (const box of document.querySelectorAll(".flips")) {
  const names = JSON.parse(box.dataset.names), rows = [...box.querySelectorAll("tbody tr")];
  const bar = document.createElement("p"), told = document.createElement("output");
  const choose = (label) => {
    const field = document.createElement("label"), select = document.createElement("select");
    select.append(new Option("any run", ""), ...names.map((name, i) => new Option(name, i)));
    field.append(`${label} `, select);
    bar.append(field);
    return select;
  };
  const right = choose("right by"), wrong = choose("wrong by");
  const field = document.createElement("label"), words = document.createElement("input");
  words.type = "search";
  field.append("with the words ", words);
  bar.append(field, told);
  const narrow = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const row of rows) {
      const bits = row.dataset.right, text = row.textContent.toLowerCase();
      row.hidden = (right.value !== "" && bits[right.value] !== "1") || (wrong.value !== "" && bits[wrong.value] !== "0")
        || !wanted.every((word) => text.includes(word));
      left += !row.hidden;
    }
    told.textContent = `${left.toLocaleString("en")} rows`;
  };
  for (const control of [right, wrong, words]) control.addEventListener("input", narrow);
  bar.className = "controls";
  box.prepend(bar);
  narrow();
}
