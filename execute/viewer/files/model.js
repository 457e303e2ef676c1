"use strict";

/* What is known of the run, and what follows from it for a moment. */

const CHECKPOINT = 64;

class Model {
  constructor() {
    this.run = {};
    this.sequence = -1;
    this.facts = [];
    this.said = [];
    this.goals = [];
    this.moments = [];
    this.steps = [];
    this.plans = [];
    this.skips = [];
    this.items = [];
    this.live = false;
    this.graphs = new Map();
    this.checkpoints = [];
  }

  /** Takes in what is new or has changed. Whether anything has. */
  take(update) {
    const before = JSON.stringify(this.run);
    const news = update.sequence !== this.sequence || JSON.stringify(update.run) !== before;
    this.run = update.run;
    this.sequence = update.sequence;
    for (const table of ["facts", "said", "goals"]) {
      update[table].rows.forEach((row, offset) => {
        this[table][update[table].from + offset] = row;
      });
    }
    for (const list of ["moments", "steps", "plans", "skips", "items"]) {
      for (const row of update[list]) this[list][row.index] = row;
    }
    for (const [version, graph] of Object.entries(update.stages ?? {})) {
      this.graphs.set(Number(version), graph);
    }
    return news;
  }

  get last() {
    return Math.max(this.moments.length - 1, 0);
  }

  get began() {
    return this.items.length ? this.items[0].at : this.run.created;
  }

  /** What held at a moment: facts, values of numbers, and facts that were not looked at. */
  state(moment) {
    let from = Math.min(Math.floor(moment / CHECKPOINT), this.checkpoints.length - 1);
    if (from < 0) {
      this.checkpoints[0] = { facts: new Set(), numbers: new Map(), stale: new Set(), next: 0 };
      from = 0;
    }
    let state = copied(this.checkpoints[from]);
    for (let index = state.next; index <= moment && index < this.moments.length; index += 1) {
      const { added, removed, numbers, blurred, sighted } = this.moments[index];
      for (const fact of removed) state.facts.delete(fact);
      for (const fact of added) state.facts.add(fact);
      for (const [term, value] of numbers) {
        if (value === null) state.numbers.delete(term);
        else state.numbers.set(term, value);
      }
      for (const fact of sighted) state.stale.delete(fact);
      for (const fact of blurred) state.stale.add(fact);
      state.next = index + 1;
      if (state.next % CHECKPOINT === 0 && state.next / CHECKPOINT === this.checkpoints.length) {
        this.checkpoints.push(state);
        state = copied(state);
      }
    }
    return state;
  }

  /** What was expected to hold at a moment: what held, without what is otherwise than expected. */
  expected(moment) {
    const state = this.state(moment);
    const { missing, unexpected, changed } = this.moments[moment];
    for (const fact of unexpected) state.facts.delete(fact);
    for (const fact of missing) state.facts.add(fact);
    for (const [term, value] of changed) {
      if (value === null) state.numbers.delete(term);
      else state.numbers.set(term, value);
    }
    return state;
  }

  /** The parts of the goal of a moment, each with whether it holds. */
  goal(moment) {
    const of = this.moments[moment]?.goal ?? 0;
    let unmet = null;
    for (let index = moment; index >= 0 && unmet === null; index -= 1) {
      if (this.moments[index]?.goal !== of) break;
      unmet = this.moments[index].unmet;
    }
    const open = new Set(unmet ?? []);
    const parts = this.goals[of] ?? [];
    return parts.map(([pddl, said], index) => ({ pddl, said, met: unmet !== null && !open.has(index) }));
  }

  /** The version of the plan that is in force at a moment; 0: none is. */
  version(moment) {
    let found = 0;
    for (const plan of this.plans) {
      if (plan.begins !== null && plan.begins <= moment) found = plan.version;
    }
    return found;
  }

  /** How each step of a version of the plan stands at a moment. */
  stands(version, moment) {
    const plan = this.plans[version - 1];
    const inForce = this.version(moment);
    const over = this.run.over && moment === this.last;
    const rest = plan.begins === null || inForce > version || over ? "left" : "open";
    const stands = plan.steps.map(() => rest);
    for (const step of this.steps) {
      if (step.plan !== version) continue;
      if (this.happened(step, moment)) stands[step.place] = step.stand;
      else if (this.isUnderWay(step, moment)) stands[step.place] = "in-flight";
    }
    for (const skip of this.skips) {
      if (skip.version !== version || skip.moment > moment) continue;
      for (const [place, , kind, length] of skip.rows) {
        if (kind !== "skipped") continue;
        for (let at = place; at < place + length; at += 1) {
          if (stands[at] === rest) stands[at] = "skipped";
        }
      }
    }
    return stands;
  }

  /** Whether what came of a step is known at a moment; at the last one, whether it was begun. */
  happened(step, moment) {
    return step.moment === null ? moment === this.last : step.moment <= moment;
  }

  /** Whether a step was under way while another ended: it was begun before, and ended after. */
  isUnderWay(step, moment) {
    return step.since < moment && !this.happened(step, moment);
  }

  /** How a moment stands: as the step before it, or as what was seen. */
  stand(moment) {
    const { step, difference } = this.moments[moment];
    if (step !== null) return this.steps[step].stand;
    return difference ? "diverged" : "start";
  }

  isTrouble(moment) {
    const stand = this.stand(moment);
    return stand !== "done" && stand !== "start";
  }

  /** The index of the line of the timeline that tells of a moment. */
  itemOf(moment) {
    const step = this.moments[moment]?.step ?? null;
    return this.items.findIndex((item) =>
      step === null ? item.moment === moment : item.step === step,
    );
  }

  /** The moment that goes with a line of the timeline. */
  momentOf(item) {
    if (item.step === null) return item.moment;
    return this.steps[item.step].moment ?? this.last;
  }

  /** What a step is called in English. */
  say(step) {
    return this.said[step.said][1];
  }
}

function copied({ facts, numbers, stale, next }) {
  return { facts: new Set(facts), numbers: new Map(numbers), stale: new Set(stale), next };
}

const STANDS = {
  "in-flight": ["●", "under way"],
  done: ["✓", "done"],
  diverged: ["!", "otherwise than expected"],
  failed: ["✕", "failed"],
  unknown: ["?", "in flight when the run was left"],
  "not-taken": ["○", "had not happened"],
  skipped: ["↷", "skipped"],
  left: ["", "not taken"],
  open: ["", "to be taken"],
  start: ["", "start"],
};
