// Tables that sort by a click, parts that a list chooses, the theme, and links to logs.
"use strict";

(() => {
  const byText = new Intl.Collator("en", { numeric: true }).compare;

  function key(cell) {
    const value = cell.dataset.value;
    return value === undefined ? null : Number(value);
  }

  function sort(table, place, descending) {
    const body = table.tBodies[0];
    const sign = descending ? -1 : 1;
    const rows = [...body.rows].map((row) => [key(row.cells[place]), row.cells[place].textContent, row]);
    rows.sort((a, b) => {
      if (a[0] !== null && b[0] !== null) return sign * (a[0] - b[0]);
      if (a[0] !== null || b[0] !== null) return a[0] === null ? 1 : -1;
      return sign * byText(a[1], b[1]);
    });
    body.append(...rows.map((row) => row[2]));
  }

  for (const table of document.querySelectorAll("table.sortable")) {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head, place) => {
      head.firstElementChild.addEventListener("click", () => {
        const now = head.getAttribute("aria-sort");
        // Figures begin with the highest, words with the first of the alphabet.
        const descending = now ? now === "ascending" : head.classList.contains("figures");
        for (const other of heads) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", descending ? "descending" : "ascending");
        sort(table, place, descending);
      });
    });
  }

  for (const list of document.querySelectorAll("select[data-shows]")) {
    const parts = document.querySelectorAll(`[data-part="${list.dataset.shows}"]`);
    const show = () => parts.forEach((part, place) => { part.hidden = place !== list.selectedIndex; });
    list.addEventListener("change", show);
    show();
  }

  function open() {
    const found = document.getElementById(location.hash.slice(1));
    if (found instanceof HTMLDetailsElement) found.open = true;
  }
  addEventListener("hashchange", open);
  open();
})();
