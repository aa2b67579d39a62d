"""Waves sent to be planned, and what is told of their plans: a file for each idea.

submitting   a wave comes in, once however often it is sent
telling      lists, states and plans
judging      analysis, explanations, differences
following    what happens to a plan, as it happens
publishing   the plan of a wave that holds
asking       finish, cancel, erase
"""

from __future__ import annotations

from fastapi import APIRouter

from api.routes.plans import asking, following, judging, publishing, submitting, telling

router = APIRouter()
for part in (submitting, telling, judging, following, publishing, asking):
    router.include_router(part.router)
