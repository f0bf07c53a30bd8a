"use strict";
// Rows on which runs differ: filtered by which run is right, which is wrong, and by words.
for (const box of document.querySelectorAll(".flips")) {
  const names = JSON.parse(box.dataset.names), rows = [...box.querySelectorAll("tbody tr")];
  const bar = document.createElement("p"), count = document.createElement("output");
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
  bar.append(field, count);
  const narrow = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const row of rows) {
      const bits = row.dataset.right, text = row.textContent.toLowerCase();
      row.hidden = (right.value !== "" && bits[right.value] !== "1") || (wrong.value !== "" && bits[wrong.value] !== "0")
        || !wanted.every((word) => text.includes(word));
      left += !row.hidden;
    }
    count.textContent = `${left.toLocaleString("en")} rows`;
  };
  for (const control of [right, wrong, words]) control.addEventListener("input", narrow);
  bar.className = "controls";
  box.prepend(bar);
  narrow();
}
