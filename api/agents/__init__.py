"""goalsmith as the planner of an agent: plain Python functions become actions.

from goalsmith.agents import Toolkit

kit = Toolkit("office")

@kit.action(precondition="(at ?who ?from)", effect="(and (not (at ?who ?from)) (at ?who ?to))")
def walk(who: Person, from_: Room, to: Room) -> None: ...

agent = kit.agent(objects={Person: ["anna"], Room: ["hall", "lab"]}, sense=sense)
print(agent.achieve("anna is at the lab"))
"""

from goalsmith.agents.account import Account, Proposal
from goalsmith.agents.agent import Agent
from goalsmith.agents.approval import Approval
from goalsmith.agents.offered import AgentTool
from goalsmith.agents.schemas import from_schema
from goalsmith.agents.toolkit import Toolkit

__all__ = ["Account", "Agent", "AgentTool", "Approval", "Proposal", "Toolkit", "from_schema"]
