"use strict";

/* The page as a whole: what is chosen, the keyboard, and following a run that goes on. */

const SOON = 700; // milliseconds between looks at a run that goes on
const LATER = 5000; // at one that is over, hidden, or cannot be read

const FEW = 12; // parts of a goal that are shown unasked

const chosen = { moment: 0, item: -1, wholeGoal: false };
const model = new Model();
const course = new Course(model, choose);
const timeline = new Timeline(model, chooseItem);
const graph = new Graph(model, choose, fetchGraph);
const momentPanel = new MomentPanel(model, compare);
const versions = new Versions(model);
const review = new ReviewPanel(model, send);

// What is chosen

function choose(moment) {
  const item = model.itemOf(moment);
  set(moment, item);
}

function chooseItem(item) {
  set(model.momentOf(model.items[item]), item);
}

/** Shows a moment with a line of the timeline; `reveal` says whether to scroll them in sight. */
function set(moment, item, reveal = true) {
  chosen.moment = Math.min(Math.max(moment, 0), model.last);
  chosen.item = item;
  course.show(chosen.moment);
  timeline.select(item, reveal);
  graph.show(chosen.moment, reveal);
  momentPanel.show(chosen.moment, item);
  showGoal();
  showWhere();
}

/** The nearest moment before or after the one chosen that is trouble; -1: there is none. */
function trouble(by) {
  for (let moment = chosen.moment + by; moment >= 0 && moment <= model.last; moment += by) {
    if (model.isTrouble(moment)) return moment;
  }
  return -1;
}

function stepTrouble(by) {
  const moment = trouble(by);
  if (moment >= 0) choose(moment);
}

function compare(version) {
  showTab("plans");
  versions.show(version);
}

// What is shown of the run as a whole

function showRun() {
  const { run } = model;
  document.title = `${run.name} · goalsmith`;
  byId("name").textContent = run.name;
  const crumbs = [`run ${run.id}`, run.domain, new Date(run.created * 1000).toLocaleString()];
  if (run.world) crumbs.push(`world ${run.world}`);
  byId("crumb").textContent = crumbs.join("  ·  ");
  const [tone, words, busy] = statusOf(run);
  const status = byId("status");
  status.className = `pill ${tone}${busy ? " busy" : ""}`;
  status.textContent = words;
  const end = model.items[model.items.length - 1];
  byId("ending").textContent = run.over && end?.kind === "run-ended" ? sentence(end.detail) : "";
  const troubles = model.moments.filter((_, moment) => model.isTrouble(moment)).length;
  const replans = model.items.filter((item) => item.kind === "replan-begun").length;
  const last = model.items.length ? Math.max(end.at, model.moments[model.last]?.at ?? 0) : model.began;
  const figures = [
    [model.steps.length, model.steps.length === 1 ? "step taken" : "steps taken"],
    [troubles, "went otherwise"],
    [replans, replans === 1 ? "replan" : "replans"],
    [duration(last - model.began), "in all"],
  ];
  byId("figures").replaceChildren(
    ...figures.map(([value, name]) => el("div", {}, el("dt", {}, name), el("dd", {}, String(value)))),
  );
}

function statusOf({ status, outcome, driven }) {
  if (outcome) return [outcome === "reached" ? "good" : "bad", outcome.replace("-", " "), false];
  if (status === "waiting") return ["warning", "waits for approval", false];
  if (status === "running" && driven) return ["news", "running", true];
  if (status === "running") return ["warning", "left: nobody drives it", false];
  return ["", status, false];
}

function showGoal() {
  const parts = model.goal(chosen.moment);
  const open = parts.filter((part) => !part.met);
  const many = parts.length > FEW && !chosen.wholeGoal;
  const shown = many ? open.slice(0, 4) : parts;
  const more = el("button", { type: "button", class: "link", click: toggleGoal }, many ? "show all" : "show few");
  byId("goal").replaceChildren(
    el("span", {}, `Goal, ${parts.length - open.length} of ${parts.length}`),
    ...shown.map(({ pddl, said, met }) =>
      el("span", { class: met ? "part met" : "part", title: `${pddl}: ${met ? "holds" : "does not hold"}` }, said),
    ),
    parts.length > FEW ? more : "",
  );
}

function toggleGoal() {
  chosen.wholeGoal = !chosen.wholeGoal;
  showGoal();
}

function showWhere() {
  const { moment } = chosen;
  const at = model.moments[moment];
  const when = at ? `  ·  ${stopwatch(at.at - model.began)}` : "";
  byId("where").textContent = `moment ${moment} of ${model.last}${when}`;
  byId("previous").disabled = moment === 0;
  byId("next").disabled = moment === model.last;
  byId("previous-trouble").disabled = trouble(-1) < 0;
  byId("next-trouble").disabled = trouble(1) < 0;
}

function sentence(text) {
  return text ? text[0].toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? "" : ".") : "";
}

// Tabs, theme, keys

function showTab(name) {
  for (const each of ["run", "plans"]) {
    const on = each === name;
    const tab = byId(`tab-${each}`);
    tab.setAttribute("aria-selected", String(on));
    tab.tabIndex = on ? 0 : -1;
    byId(`${each}-view`).hidden = !on;
  }
}

function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function showTheme() {
  byId("theme").textContent = isDark() ? "Light" : "Dark";
  byId("theme").setAttribute("aria-label", `Use ${isDark() ? "light" : "dark"} colours`);
}

byId("theme").addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  showTheme();
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showTheme);

byId("keys-button").addEventListener("click", () => {
  const keys = byId("keys");
  keys.hidden = !keys.hidden;
  byId("keys-button").setAttribute("aria-expanded", String(!keys.hidden));
});

for (const name of ["run", "plans"]) {
  byId(`tab-${name}`).addEventListener("click", () => showTab(name));
  byId(`tab-${name}`).addEventListener("keydown", (event) => {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    event.stopPropagation();
    const other = name === "run" ? "plans" : "run";
    showTab(other);
    byId(`tab-${other}`).focus();
  });
}

byId("previous").addEventListener("click", () => choose(chosen.moment - 1));
byId("next").addEventListener("click", () => choose(chosen.moment + 1));
byId("previous-trouble").addEventListener("click", () => stepTrouble(-1));
byId("next-trouble").addEventListener("click", () => stepTrouble(1));

const KEYS = {
  ArrowLeft: () => choose(Math.max(chosen.moment - 1, 0)),
  ArrowRight: () => choose(Math.min(chosen.moment + 1, model.last)),
  Home: () => choose(0),
  End: () => choose(model.last),
  p: () => stepTrouble(-1),
  n: () => stepTrouble(1),
  1: () => showTab("run"),
  2: () => showTab("plans"),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("textarea, select, input:not([type=range])")) return;
  const act = KEYS[event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

// Following

function take(update) {
  const follows = chosen.moment === model.last;
  if (!model.take(update)) return;
  showRun();
  course.draw();
  timeline.update();
  graph.update();
  versions.update();
  review.update();
  if (follows) chooseLatest();
  else set(chosen.moment, chosen.item, false);
}

/** The last moment, with the step that is under way, if one is. */
function chooseLatest() {
  const last = model.items.length - 1;
  const step = model.items[last]?.step ?? null;
  if (step !== null && model.steps[step].moment === null) chooseItem(last);
  else choose(model.last);
}

function tell(problem) {
  byId("notice").hidden = !problem;
  byId("notice").textContent = problem;
}

async function follow() {
  let wait = SOON;
  try {
    const answer = await fetch(`since?sequence=${model.sequence}`);
    const update = await answer.json();
    if (answer.ok) {
      tell("");
      take(update);
    } else {
      tell(`The run cannot be read: ${update.error}`);
      wait = LATER;
    }
  } catch {
    tell("goalsmith view has ended: what is shown may be out of date.");
    wait = LATER;
  }
  if (model.run.over || document.hidden) wait = LATER;
  setTimeout(follow, wait);
}

async function fetchGraph(version) {
  if (model.live) {
    const answer = await fetch(`stages?version=${version}`).catch(() => null);
    if (answer?.ok) return answer.json();
  }
  const { steps } = model.plans[version - 1];
  const stages = steps.map((_, step) => [step]);
  return { stages, edges: stages.slice(1).map(([step]) => [step - 1, step]), total: "its stages were not worked out" };
}

async function send(message) {
  try {
    const answer = await fetch("review", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(message),
    });
    return answer.ok ? "" : (await answer.json()).error;
  } catch {
    return "goalsmith view has ended: nothing was sent.";
  }
}

const given = JSON.parse(byId("data").textContent);
model.live = given.live;
showTheme();
take(given);
if (model.live) setTimeout(follow, SOON);
