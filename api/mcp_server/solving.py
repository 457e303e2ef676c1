"""Engines and models as the owner's settings say, within the limits of the server."""

from __future__ import annotations

from threading import Event

from goalsmith.domains.language import Task
from goalsmith.execute.durable import RunSettings
from goalsmith.mcp_server.bounds import Limits
from goalsmith.planner import Planner
from goalsmith.settings import Settings, settings
from goalsmith.solve.answer import Quality
from goalsmith.solve.solution import Limits as EngineLimits
from goalsmith.solve.solution import OnSolution, Solution, ignored
from goalsmith.solve.solver import solve
from goalsmith.translate.asking import Asking
from goalsmith.translate.models.model import Model
from goalsmith.translate.translation import Translation, translate
from goalsmith.world import World


class Solving:
    """Asks the engines and the model.

    Args:
        limits: the server's.
        chosen: what its command line says; what is not there comes from variables and a file.
        offline: read controlled English even if a model is set.

    Raises:
        InputError: a setting is wrong.
    """

    def __init__(
        self, limits: Limits, chosen: Settings | None = None, *, offline: bool = False
    ) -> None:
        self._settings = settings(chosen)
        self._limits = limits
        self._offline = offline

    def seconds(self, asked: float) -> float:
        """As many seconds as were asked for, or as are allowed."""
        return min(asked, self._limits.seconds)

    def solve(
        self,
        task: Task,
        seconds: float,
        cancel: Event,
        quality: Quality = "first",
        on_solution: OnSolution = ignored,
    ) -> Solution:
        """A validated plan, or why there is none; as `goalsmith.solve.solve`."""
        memory = self._settings.limits().memory_mb
        return solve(
            task,
            engine=self._settings.engine,
            quality=quality,
            limits=EngineLimits(self.seconds(seconds), memory),
            cancel=cancel,
            on_solution=on_solution,
        )

    def translate(
        self,
        text: str,
        world: World,
        task: Task | None,
        *,
        revise: bool = False,
        samples: int = 1,
    ) -> Translation:
        """A text as a task: with a new goal for one, or, without one, as a whole.

        Raises:
            UnclearError: too few of several samples agree.
            TranslationError: it could not be understood, or the model gave no usable answer.
        """
        return translate(
            text,
            task or world.domain,
            world.wording,
            self._model(world),
            revise=revise,
            asking=Asking(samples=samples),
        )

    def run_settings(self) -> RunSettings:
        """The engines, and their limits, of a run's replans."""
        return RunSettings(
            engine=self._settings.engine,
            time_limit=self.seconds(self._settings.time_limit or self._limits.seconds),
            memory_limit=self._settings.memory_limit,
        )

    def _model(self, world: World) -> Model | None:
        chosen = self._settings
        planner = Planner(
            world.domain, model=chosen.model, base_url=chosen.base_url, offline=self._offline
        )
        return planner.model()
