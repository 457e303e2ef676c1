"use strict";

/* A moment: the step before it, what was otherwise than expected, what came of it, and the state. */

const MANY = 400; // facts of a predicate that are shown at once

class MomentPanel {
  constructor(model, compare) {
    this.model = model;
    this.compare = compare;
    this.box = byId("moment");
    this.view = "changes";
    this.filter = "";
    this.moment = 0;
    this.item = -1;
    this.stateBox = null;
  }

  show(moment, item) {
    const fresh = moment !== this.moment || item !== this.item;
    this.moment = moment;
    this.item = item;
    const { model } = this;
    if (!model.moments.length) {
      this.box.replaceChildren(el("p", { class: "empty" }, "The world has not been observed yet."));
      return;
    }
    const top = fresh ? 0 : this.box.scrollTop;
    const used = this.box.contains(document.activeElement) ? document.activeElement : null;
    const chosen = model.items[item];
    const step = chosen?.step ?? null;
    const underWay = step !== null && model.steps[step].moment === null;
    this.box.replaceChildren(
      this.head(underWay ? step : model.moments[moment].step),
      ...(underWay ? [] : [this.difference()]),
      this.consequences(),
      this.state(),
    );
    this.box.scrollTop = top;
    // News of a run that goes on must not take away what a person is using.
    if (used?.type === "search") this.box.querySelector("input").focus();
    else if (used?.dataset.value) this.box.querySelector(`[data-value="${used.dataset.value}"]`)?.focus();
  }

  head(index) {
    const { model } = this;
    if (index === null) {
      const first = this.moment === 0;
      return el(
        "header",
        {},
        el("h2", { id: "moment-title" }, first ? "At the start" : "Seen between steps"),
        el("p", { class: "said" }, first ? "The first observation" : "The world was observed once more"),
      );
    }
    const step = model.steps[index];
    const [pddl, said] = model.said[step.said];
    const [mark, meaning] = STANDS[step.stand];
    const over = [el("span", { class: `stand ${step.stand}` }, `${mark} ${meaning}`)];
    if (step.attempt > 1) over.push(el("span", {}, `attempt ${step.attempt}`));
    if (step.ending) over.push(el("span", {}, `reported: ${step.ending}`));
    if (step.ended !== null) over.push(el("span", {}, `took ${duration(step.ended - step.began)}`));
    over.push(el("span", {}, `at ${stopwatch(step.began - model.began)}`));
    over.push(el("span", {}, step.plan ? `plan ${step.plan}, step ${step.place + 1}` : "to stop safely"));
    return el(
      "header",
      {},
      el("h2", { id: "moment-title", class: "dim" }, `Step ${step.number}`),
      el("p", { class: "said" }, said),
      el("p", { class: "mono dim" }, pddl),
      el("div", { class: "over" }, over),
      step.message ? el("p", { class: "message" }, step.message) : "",
    );
  }

  /** What was expected and what was observed, where the two differ. */
  difference() {
    const { model } = this;
    const { missing, unexpected, changed } = model.moments[this.moment];
    if (!missing.length && !unexpected.length && !changed.length) return "";
    const row = (what, expected, observed, title) =>
      el(
        "tr",
        { title },
        el("td", { class: "mono" }, what),
        el("td", {}, expected),
        el("td", { class: "off" }, observed),
      );
    const of = (fact, expected, observed) => {
      const [pddl, , said] = model.facts[fact];
      return row(pddl, expected, observed, said);
    };
    const value = (number) => number ?? "none";
    return el(
      "section",
      { "aria-label": "Difference" },
      el("h3", {}, "Otherwise than expected"),
      el(
        "table",
        {},
        el("thead", {}, el("tr", {}, ...["fact", "expected", "observed"].map((name) => el("th", { scope: "col" }, name)))),
        el(
          "tbody",
          {},
          missing.slice(0, MANY).map((fact) => of(fact, "true", "false")),
          unexpected.slice(0, MANY).map((fact) => of(fact, "false", "true")),
          changed.slice(0, MANY).map(([term, expected, observed]) => row(term, value(expected), value(observed), null)),
        ),
      ),
    );
  }

  /** What the policy, the solver and people made of it. */
  consequences() {
    const { model, moment } = this;
    const step = model.steps[model.moments[moment].step ?? -1];
    // Other steps may have ended between one that went otherwise and the verdict on it.
    const judged = step?.judged ?? moment;
    const notes = model.items.filter(
      (item) => item.step === null && (item.moment === moment || item.moment === judged),
    );
    const told = [];
    if (step?.verdict) {
      const words = { replan: "Plan anew", "go-on": "Go on", skip: "Skip what is needless", again: "Take it again", end: "End the run" };
      told.push(this.outcome("warning", `Verdict: ${words[step.verdict] ?? step.verdict}`, step.reason));
    }
    for (const note of notes) {
      if (note.kind === "run-started" || note.kind === "divergence-seen") continue;
      // A replan is called for by what the verdict says already.
      const detail = note.detail === step?.reason ? "" : note.detail;
      const took = note.took === null ? "" : ` in ${duration(note.took)}`;
      told.push(this.outcome(note.tone, note.title, detail, note.result && `${note.result}${took}`, note.plan));
    }
    if (!told.length) return "";
    return el("section", { "aria-label": "What came of it" }, el("h3", {}, "What came of it"), told);
  }

  outcome(tone, title, detail, result = "", plan = null) {
    const comparable = plan !== null && this.model.plans[plan - 1]?.before;
    return el(
      "div",
      { class: `outcome ${tone}` },
      el("strong", {}, title),
      detail ? el("span", { class: "dim" }, detail) : "",
      result ? el("span", {}, result) : "",
      comparable
        ? el("span", {}, el("button", { type: "button", class: "link", click: () => this.compare(plan) }, "What changed in the plan"))
        : "",
    );
  }

  // The state

  state() {
    const choice = el("div", { class: "segments", role: "group", "aria-label": "State shown" });
    const options = [
      ["changes", "Changes"],
      ["observed", "Observed"],
      ["expected", "Expected"],
    ];
    segments(choice, options, this.view, (value) => {
      this.view = value;
      this.fill();
    });
    const filter = el("input", {
      type: "search",
      placeholder: "filter",
      "aria-label": "Only facts with these words",
      input: () => {
        this.filter = filter.value;
        this.fill();
      },
    });
    filter.value = this.filter;
    this.stateBox = el("div", {});
    this.fill();
    return el(
      "section",
      { "aria-label": "State" },
      el("div", { class: "state-head" }, el("h3", {}, "State"), choice, filter),
      this.stateBox,
    );
  }

  fill() {
    const { model, moment } = this;
    const { added, removed, missing, unexpected, numbers, changed } = model.moments[moment];
    const observed = model.state(moment);
    const marks = new Map();
    const mark = (facts, kind) => facts.forEach((fact) => marks.set(fact, kind));
    let facts;
    let values;
    if (this.view === "expected") {
      const expected = model.expected(moment);
      mark(missing, "missing");
      facts = expected.facts;
      values = [...expected.numbers];
    } else if (this.view === "observed") {
      if (moment > 0) mark(added, "added");
      mark(unexpected, "unexpected");
      facts = observed.facts;
      values = [...observed.numbers];
    } else {
      if (moment > 0) mark(added, "added");
      mark(removed, "removed");
      mark(missing.filter((fact) => marks.has(fact)), "missing");
      mark(unexpected.filter((fact) => marks.has(fact)), "unexpected");
      facts = moment > 0 ? marks.keys() : observed.facts;
      values = moment > 0 ? [...numbers, ...changed.map(([term, , value]) => [term, value])] : [...observed.numbers];
    }
    const open = new Map();
    const fixed = new Map();
    const wanted = this.filter.trim().toLowerCase();
    for (const fact of [...facts].sort((a, b) => model.facts[a][0].localeCompare(model.facts[b][0], "en", { numeric: true }))) {
      const [pddl, predicate, said, isFixed] = model.facts[fact];
      if (wanted && !pddl.toLowerCase().includes(wanted) && !said.toLowerCase().includes(wanted)) continue;
      const groups = isFixed && !marks.has(fact) ? fixed : open;
      if (!groups.has(predicate)) groups.set(predicate, []);
      groups.get(predicate).push(fact);
    }
    const shown = (groups) => this.groups(groups, marks, observed.stale);
    const parts = [];
    if (open.size) parts.push(shown(open));
    const named = new Map(values.filter(([term]) => term.toLowerCase().includes(wanted)));
    if (named.size) {
      const rows = [...named].map(([term, value]) => el("tr", {}, el("td", { class: "mono" }, term), el("td", {}, value ?? "none")));
      parts.push(el("table", {}, el("tbody", {}, rows)));
    }
    if (!parts.length) parts.push(el("p", { class: "dim" }, wanted ? "No such facts." : "Nothing changed."));
    parts.push(this.legend(new Set(marks.values()), [...open.values()].flat().some((fact) => observed.stale.has(fact))));
    if (fixed.size) {
      const all = [...fixed.values()].reduce((sum, group) => sum + group.length, 0);
      parts.push(el("details", {}, el("summary", {}, `${count(all, "fact")} that no action changes`), shown(fixed)));
    }
    this.stateBox.replaceChildren(...parts.filter(Boolean));
  }

  groups(groups, marks, stale) {
    const list = el("dl", { class: "facts" });
    for (const [predicate, facts] of groups) {
      const chips = facts.slice(0, MANY).map((fact) => {
        const [pddl, , said] = this.model.facts[fact];
        const kind = marks.get(fact) ?? (stale.has(fact) ? "stale" : "");
        const words = pddl.slice(predicate.length + 2, -1) || "true";
        const meaning = kind ? `${said} (${MEANINGS[kind]})` : said;
        return el("span", { class: `fact ${kind}`, title: meaning }, (SIGNS[kind] ?? "") + words);
      });
      if (facts.length > MANY) chips.push(el("span", { class: "dim" }, `and ${facts.length - MANY} more`));
      list.append(el("dt", {}, predicate), el("dd", {}, chips));
    }
    return list;
  }

  legend(kinds, stale) {
    if (stale) kinds.add("stale");
    if (!kinds.size) return "";
    const entries = [...kinds].map((kind) =>
      el("span", {}, el("span", { class: `fact ${kind}` }, (SIGNS[kind] ?? "") + "fact"), ` ${MEANINGS[kind]}`),
    );
    return el("p", { class: "legend" }, entries);
  }
}

const SIGNS = { added: "+ ", removed: "− ", missing: "✕ ", unexpected: "! ", stale: "? " };
const MEANINGS = {
  added: "has become true",
  removed: "is no longer true",
  missing: "expected, and not so",
  unexpected: "true unexpectedly",
  stale: "not observed, believed",
};
