"""Routes of the pages of people: reviews, and what was learned from them."""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from functools import wraps
from time import perf_counter
from types import MappingProxyType

from aiohttp import web

from models.contracts.instructions import Action, Instruction
from models.contracts.taxonomy import Category
from models.explanation.texts import Texts
from streams.clock import Clock
from streams.console.access import Access
from streams.console.desk import documents, requests
from streams.console.desk.contract import Answered, Desk, DeskError, Task, Why
from streams.console.desk.forgery import ForgeryGuard
from streams.console.desk.learning import Learning
from streams.console.desk.people import RESERVED, STANDINGS, People, Person, Role
from streams.console.pages import Pages, answer_headers

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Asked = Callable[[web.Request, Person], Awaitable[Mapping[str, object]]]

STATUS: Mapping[Why, int] = MappingProxyType(
    {
        Why.INVALID: 400,
        Why.UNKNOWN: 409,
        Why.ANSWERED: 409,
        Why.TAKEN: 409,
        Why.NOTHING: 409,
        Why.ELSEWHERE: 503,
        Why.STARTING: 503,
        Why.SILENT: 503,
    }
)
"""Why the desk did not do something, to the status of the answer."""

WITH_REASON = frozenset({Action.RELEASE, Action.REJECT, Action.DECLINE, Action.FREEZE, Action.FORGET_CORRECTION})
"""What nobody may decide without saying why."""
ON_PAGE = WITH_REASON | {Action.APPROVE, Action.THAW}
"""What can be decided on the page; the rest is for the command line."""
TARGETED = ON_PAGE - {Action.FREEZE, Action.THAW}


class DeskPages:
    """The pages `/review` and `/learning` with what they ask for.

    Args:
        texts: Words for customers.
        token: Asked of everybody; None where the server is bound to loopback.
        monitor_url: Address of the fairness console, to link to; empty: no link.
        clock: The time of day, timezone-aware.
        ids: Makes an id that nobody has made before.
    """

    def __init__(
        self,
        desk: Desk,
        learning: Learning,
        *,
        people: People,
        guard: ForgeryGuard,
        texts: Texts,
        token: str | None,
        monitor_url: str,
        clock: Clock,
        ids: Callable[[], str],
    ) -> None:
        self._desk = desk
        self._learning = learning
        self._people = people
        self._guard = guard
        self._texts = texts
        self._access = Access(token)
        self._monitor_url = monitor_url
        self._clock = clock
        self._ids = ids
        self._pages = Pages()

    def routes(self) -> list[web.RouteDef]:
        """The routes, each of which sees to its own protection."""
        reviewer, approver = Role.REVIEWER, Role.APPROVER
        return [
            web.get("/", self._page("review.html")),
            web.get("/review", self._page("review.html")),
            web.get("/learning", self._page("learning.html")),
            web.get("/static/{name}", self._pages.static_file),
            web.get("/api/me", self._guarded(self._me)),
            web.post("/api/me", self._guarded(self._name)),
            web.get("/api/review/progress", self._asked(Role.VIEWER, self._progress)),
            web.get("/api/review/similar", self._asked(reviewer, self._similar)),
            web.post("/api/review/next", self._asked(reviewer, self._next)),
            web.post("/api/review/claim", self._asked(reviewer, self._claim)),
            web.post("/api/review/release", self._asked(reviewer, self._release)),
            web.post("/api/review/answer", self._asked(reviewer, self._answer)),
            web.post("/api/review/undo", self._asked(reviewer, self._undo)),
            web.get("/api/learning", self._asked(Role.VIEWER, self._learned)),
            web.post("/api/learning/instruct", self._asked(approver, self._instruct)),
        ]

    # Who may ask

    def _page(self, name: str) -> Handler:
        async def page(request: web.Request) -> web.Response:
            entered = self._access.entrance(request)
            if entered is not None:
                entered.headers.update(answer_headers())
                return entered
            return self._pages.page(name) if self._access.allows(request) else self._pages.refusal()

        return page

    def _guarded(self, handler: Handler) -> Handler:
        @wraps(handler)
        async def guarded(request: web.Request) -> web.StreamResponse:
            began = perf_counter()
            if not self._access.allows(request):
                return _refused(401, "token", "A token is needed.", challenge=True)
            if request.method == "POST" and not self._guard.trusts(request):
                return _refused(403, "forged", "This was not sent by the page itself: reload the page.")
            try:
                response = await handler(request)
            except requests.BadRequestError as error:
                return _refused(400, "invalid", f"{error}.")
            except DeskError as error:
                return _refused(STATUS[error.why], error.why.value, str(error), where=error.where)
            response.headers["Server-Timing"] = f"desk;dur={1000 * (perf_counter() - began):.1f}"
            return response

        return guarded

    def _asked(self, least: Role, answer: Asked) -> Handler:
        """A route for people of a role, whose answer is a document."""

        async def asked(request: web.Request) -> web.StreamResponse:
            person = self._people.person(request)
            if person is None:
                return _refused(401, "nameless", "It is not known who you are: a name has 1 to 128 characters.")
            if not person.role.may(least):
                return _refused(403, "role", f"This is for {_a(least)}; you are {_a(person.role)}.")
            return _document(await answer(request, person))

        return self._guarded(asked)

    # Who asks

    async def _me(self, request: web.Request) -> web.Response:
        person = self._people.person(request)
        response = web.Response(headers=answer_headers(), content_type="application/json")
        token = self._guard.give(request, response)
        document = {
            "name": None if person is None else person.name,
            "role": None if person is None else person.role,
            "asks": self._people.asks,
            "token": token,
            "links": {"fairness": self._monitor_url},
            "categories": documents.categories(),
        }
        response.text = json.dumps(document)
        return response

    async def _name(self, request: web.Request) -> web.Response:
        given = await requests.read(request, requests.Name)
        response = web.Response(status=204, headers=answer_headers())
        if not self._people.name(response, request, given.name.strip()):
            return _refused(
                400,
                "invalid",
                f"A name has 1 to 128 characters that can be seen, and is none of {', '.join(sorted(RESERVED))}.",
            )
        return response

    # Reviews

    async def _progress(self, _request: web.Request, person: Person) -> Mapping[str, object]:
        return documents.progress(self._desk.progress(person.name))

    async def _next(self, request: web.Request, person: Person) -> Mapping[str, object]:
        wish = await requests.read(request, requests.Next)
        task = await self._desk.next(person.name)
        shown = None if task is None else documents.task(task, self._clock(), self._texts, without_aid=wish.plain)
        return {"task": shown, **self._day(person)}

    async def _claim(self, request: web.Request, person: Person) -> Mapping[str, object]:
        take = await requests.read(request, requests.Take)
        task = await self._desk.claim(take.id, person.name)
        return {"task": documents.task(task, self._clock(), self._texts, without_aid=take.plain), **self._day(person)}

    async def _release(self, request: web.Request, person: Person) -> Mapping[str, object]:
        given = await requests.read(request, requests.Release)
        await self._desk.release(given.id, person.name, skip=given.skip)
        return self._day(person)

    async def _similar(self, request: web.Request, _person: Person) -> Mapping[str, object]:
        return documents.preview(await self._desk.similar(request.query.get("id", "")))

    async def _answer(self, request: web.Request, person: Person) -> Mapping[str, object]:
        given = await requests.read(request, requests.Answer)
        if given.next is None:
            done = await self._settled(given, person)
            return {"answered": documents.answered(done, self._clock()), **self._day(person)}
        # Written one behind the other and waited for together: a reviewer waits for Kafka once and not twice.
        answering = asyncio.ensure_future(self._settled(given, person))
        following = await asyncio.gather(self._desk.next(person.name), return_exceptions=True)
        try:
            done = await answering
        except DeskError:
            await self._unwanted(following[0], person)
            raise
        task = following[0]
        if isinstance(task, DeskError):
            task = None  # the answer counts all the same, and the page asks for the next one by itself
        elif isinstance(task, BaseException):
            raise task
        shown = None if task is None else documents.task(task, self._clock(), self._texts, without_aid=given.next.plain)
        return {"answered": documents.answered(done, self._clock()), "task": shown, **self._day(person)}

    async def _settled(self, given: requests.Answer, person: Person) -> Answered:
        category = None if given.category is None else Category(given.category)
        if category is not None and given.similar:
            return await self._desk.answer_similar(given.id, category, person.name, given.similar, given.reason)
        return await self._desk.answer(given.id, category, person.name, given.reason)

    async def _unwanted(self, task: Task | BaseException | None, person: Person) -> None:
        """Give back what was taken beside an answer that was refused."""
        if task is not None and not isinstance(task, BaseException):
            with contextlib.suppress(DeskError):
                await self._desk.release(task.request_id, person.name)

    async def _undo(self, request: web.Request, person: Person) -> Mapping[str, object]:
        look = await requests.read(request, requests.Look)
        undone = await self._desk.undo(person.name)
        return {
            "undone": documents.undone(undone, self._clock(), self._texts, without_aid=look.plain),
            **self._day(person),
        }

    def _day(self, person: Person) -> Mapping[str, object]:
        return {"progress": documents.progress(self._desk.progress(person.name))}

    # Learning

    async def _learned(self, _request: web.Request, _person: Person) -> Mapping[str, object]:
        return documents.learned(await self._learning.report(), self._clock())

    async def _instruct(self, request: web.Request, person: Person) -> Mapping[str, object]:
        given = await requests.read(request, requests.Instruct)
        reason = (given.reason or "").strip() or None
        if given.action not in ON_PAGE:
            raise requests.BadRequestError(f"{given.action} is for the command line")
        if given.action in WITH_REASON and reason is None:
            raise requests.BadRequestError(f"{given.action} needs a reason")
        if (given.action in TARGETED) is (given.target is None):
            raise requests.BadRequestError(f"{given.action} needs {'a' if given.target is None else 'no'} target")
        instruction = Instruction(
            instruction_id=self._ids(),
            action=given.action,
            target=given.target,
            actor=person.name,
            standing=STANDINGS[person.role],
            reason=reason,
            timestamp=self._clock(),
        )
        await self._learning.instruct(instruction)
        return {"instruction_id": instruction.instruction_id}


def _a(role: Role) -> str:
    return f"{'an' if role is Role.APPROVER else 'a'} {role}"


def _document(document: Mapping[str, object]) -> web.Response:
    body = json.dumps(document, ensure_ascii=False, allow_nan=False, default=str).encode(errors="replace")
    return web.Response(body=body, content_type="application/json", charset="utf-8", headers=answer_headers())


def _refused(status: int, why: str, say: str, *, where: str = "", challenge: bool = False) -> web.Response:
    body = json.dumps({"why": why, "say": say, "where": where}, ensure_ascii=False).encode()
    headers = answer_headers(challenge=challenge)
    return web.Response(status=status, body=body, content_type="application/json", charset="utf-8", headers=headers)
