"""An experiment of Downward Lab with one run of Fast Downward's driver.

Usage: lab_experiment.py DRIVER DOMAIN PROBLEM FOLDER [OPTION…]

The run is added as Lab's own FastDownwardRun does it, which needs a repository of Fast Downward:
the files as resources, the driver as the only command, the limits left to the driver. FOLDER is the
experiment's. Nothing of goalsmith is imported here, so that its loading does not count as Lab's.
"""

from __future__ import annotations

import sys

from lab.environments import LocalEnvironment
from lab.experiment import Experiment


def main() -> None:
    """Builds and starts the experiment."""
    driver, domain, problem, folder, *options = sys.argv[1:]
    experiment = Experiment(folder, LocalEnvironment(processes=1))
    run = experiment.add_run()
    run.add_resource("domain", domain, "domain.pddl", symlink=True)
    run.add_resource("problem", problem, "problem.pddl", symlink=True)
    run.add_command("planner", [sys.executable, driver, *options, "{domain}", "{problem}"])
    run.set_property("id", ["lama-first", "domain", "problem"])
    experiment.add_step("build", experiment.build)
    experiment.add_step("start", experiment.start_runs)
    # Its own run_steps() would take our arguments for names of steps.
    experiment.environment.run_steps(experiment.steps)


if __name__ == "__main__":
    main()
