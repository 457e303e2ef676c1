// The charts, drawn by plotly from the figures in the page, in the colours of its style.
"use strict";

(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const names = data.configurations;
  const COLOURS = 8;
  const DASHES = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"];
  const DECADES = { type: "log", dtick: 1, exponentformat: "power", minexponent: 4 };
  const SECONDS = [0.001, 0.01, 0.1, 1, 10, 100, 1000, 10000, 100000];
  const TIME = { type: "log", tickmode: "array", tickvals: SECONDS, ticktext: SECONDS.map(String) };
  const BAR = {
    displaylogo: false,
    responsive: true,
    modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
  };

  const probe = document.createElement("span");
  probe.hidden = true;
  document.body.append(probe);

  function colour(name) {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  }

  // plotly reads texts as markup.
  function plain(text) {
    return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  }

  function short(name) {
    return plain(name.length > 40 ? `${name.slice(0, 39)}…` : name);
  }

  function figure(value) {
    return value.toLocaleString("en", { maximumSignificantDigits: 4 });
  }

  function axis(title, more) {
    const line = colour("line");
    return {
      title: { text: title, font: { size: 12, color: colour("dim") }, standoff: 8 },
      gridcolor: line,
      linecolor: colour("strong-line"),
      tickcolor: line,
      tickfont: { color: colour("dim"), size: 11 },
      zeroline: false,
      automargin: true,
      ...more,
    };
  }

  function layout(more) {
    return {
      margin: { l: 50, r: 12, t: 8, b: 44 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      font: { family: "system-ui, sans-serif", color: colour("text"), size: 12 },
      hoverlabel: {
        bgcolor: colour("card"),
        bordercolor: colour("strong-line"),
        font: { color: colour("text") },
        align: "left",
      },
      modebar: { bgcolor: "rgba(0,0,0,0)", color: colour("dim"), activecolor: colour("accent") },
      legend: { orientation: "h", y: -0.2, yanchor: "top", font: { size: 12 } },
      ...more,
    };
  }

  function draw(id, traces, shape) {
    Plotly.react(id, traces, layout(shape), BAR);
  }

  // Over time

  function curves(id, clock, title) {
    const traces = data[id].map(([x, y], place) => ({
      x,
      y,
      name: short(names[place]),
      mode: x.length > 1 ? "lines" : "markers",
      line: {
        shape: "hv",
        width: 2,
        color: colour(`c${place % COLOURS}`),
        dash: DASHES[Math.floor(place / COLOURS) % DASHES.length],
      },
      hovertemplate: `${short(names[place])}<br>%{y:,.4~g} after %{x:.3~g} s<extra></extra>`,
    }));
    draw(id, traces, {
      xaxis: axis(`${clock} time in seconds`, TIME),
      yaxis: axis(title, { rangemode: "tozero" }),
      showlegend: true,
      hovermode: "closest",
    });
  }

  // Task by task

  function scatter(id, unit) {
    const place = document.getElementById(`scatter-${id}`);
    const [a, b] = ["across", "up"].map((list) => Number(document.getElementById(list).value));
    const [xs, ys] = [data[id][a], data[id][b]];
    const silent = [a, b].filter((each) => data[id][each].every((value) => value === null));
    if (silent.length) {
      Plotly.purge(place);
      const said = document.createElement("p");
      said.className = "none";
      const who = [...new Set(silent)].map((each) => names[each]).join(" and ");
      said.textContent = `Nothing is known of this for ${who}.`;
      place.replaceChildren(said);
      return;
    }
    if (!place.classList.contains("js-plotly-plot")) place.replaceChildren();
    const solved = (each, task) => data.costs[each][task] !== null;
    const groups = [
      { name: short(names[a]), colour: `c${a % COLOURS}`, symbol: "circle", x: [], y: [], text: [] },
      { name: short(names[b]), colour: `c${b % COLOURS}`, symbol: "diamond", x: [], y: [], text: [] },
      { name: "equal", colour: "dim", symbol: "cross-thin-open", x: [], y: [], text: [] },
    ];
    const shown = [...xs, ...ys].filter((value) => value !== null);
    const least = Math.min(...shown);
    const most = Math.max(...shown);
    const log = least > 0 && most / least > 20;
    const floor = id === "seconds" ? 0.001 : 0;
    const span = log ? Math.log10(most / Math.max(least, floor)) : most - least || 1;
    const edge = log ? most * 10 ** (0.1 * Math.max(span, 0.5)) : most + 0.08 * span;
    data.tasks.forEach((task, at) => {
      const [x, y] = [xs[at], ys[at]];
      // Who solved a task without saying this figure cannot be drawn; nor can what nobody solved.
      if ((x === null && solved(a, at)) || (y === null && solved(b, at))) return;
      if (x === null && y === null) return;
      const [left, right] = [x ?? Infinity, y ?? Infinity];
      const group = groups[left < right ? 0 : left > right ? 1 : 2];
      group.x.push(x === null ? edge : Math.max(x, floor));
      group.y.push(y === null ? edge : Math.max(y, floor));
      const said = (value) => (value === null ? "not solved" : `${figure(value)}${unit}`);
      group.text.push(
        `<b>${plain(task)}</b><br>${short(names[a])}: ${said(x)}<br>${short(names[b])}: ${said(y)}`,
      );
    });
    const traces = groups.map((group) => ({
      x: group.x,
      y: group.y,
      text: group.text,
      name: `${group.name} (${group.x.length})`,
      mode: "markers",
      hoverinfo: "text",
      marker: {
        size: 7,
        symbol: group.symbol,
        color: colour(group.colour),
        opacity: 0.65,
        line: { width: group.symbol === "cross-thin-open" ? 1.5 : 0, color: colour(group.colour) },
      },
    }));
    const low = log ? Math.max(least, floor) / 10 ** (0.05 * span) : least - 0.05 * span;
    const high = log ? edge * 10 ** (0.08 * span) : edge + 0.08 * span;
    const line = (x0, y0, x1, y1, dash) => ({
      type: "line", x0, y0, x1, y1, layer: "below", line: { color: colour("strong-line"), width: 1, dash },
    });
    const note = (place) => ({
      text: "not solved", showarrow: false, font: { size: 10, color: colour("dim") }, ...place,
    });
    const range = log ? [Math.log10(low), Math.log10(high)] : [low, high];
    const kind = !log ? { type: "linear" } : id === "seconds" ? TIME : DECADES;
    draw(place, traces, {
      xaxis: axis(short(names[a]), { ...kind, range }),
      yaxis: axis(short(names[b]), { ...kind, range }),
      shapes: [
        line(low, low, high, high, "solid"),
        line(edge, low, edge, high, "dot"),
        line(low, edge, high, edge, "dot"),
      ],
      annotations: [
        note({ x: range[0], y: log ? Math.log10(edge) : edge, xanchor: "left", yanchor: "bottom" }),
        note({ x: log ? Math.log10(edge) : edge, y: range[0], xanchor: "left", yanchor: "bottom", textangle: -90 }),
      ],
      hovermode: "closest",
      showlegend: true,
    });
  }

  function scatters() {
    scatter("seconds", " s");
    scatter("costs", "");
    scatter("expansions", "");
  }

  function all() {
    curves("solved", data.clock, "tasks solved");
    curves("quality", "wall", "mean C*/C");
    if (document.getElementById("tasks")) scatters();
  }

  for (const [place, id] of ["across", "up"].entries()) {
    const list = document.getElementById(id);
    if (!list) continue;
    list.value = String(data.pair[place] ?? place);
    list.addEventListener("change", scatters);
  }

  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", all);
  document.getElementById("theme").addEventListener("click", () => {
    const root = document.documentElement;
    const now = root.dataset.theme ?? (dark.matches ? "dark" : "light");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    all();
  });
  all();
})();
