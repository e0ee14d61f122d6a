"""What the tasks service tells the others: one event for each version, with the state, the changes and the audience."""

from __future__ import annotations

from shared import events, states
from tests.fakes import Person
from tests.tasks_service.client import FULL, Tasks, path_of


def changes_of(event: events.TaskEvent) -> dict[str, tuple[object, object]]:
    return {name: (change.before, change.after) for name, change in event.data.changes.items()}


class TestEvents:
    async def test_of_a_whole_life(self, tasks: Tasks, ann: Person, bob: Person, admin: Person) -> None:
        task = await tasks.create(ann, **{**FULL, "assignee_ids": [bob.id]})
        await tasks.patch(task, bob, {"status": "completed", "title": task["title"]})
        await tasks.put(task, admin, {"title": "Over", "due_date": "2032-01-01"})
        await tasks.delete(task, ann)
        restored = (await tasks.post(f"{path_of(task)}/restore", ann)).json()
        recorded = await tasks.events_of(task)
        assert [event.type for event in recorded] == [
            "task.created",
            "task.updated",
            "task.updated",
            "task.deleted",
            "task.restored",
        ]
        assert (
            [event.version for event in recorded] == [event.data.task.version for event in recorded] == [1, 2, 3, 4, 5]
        )
        assert [event.actor for event in recorded] == [ann.id, bob.id, admin.id, ann.id, ann.id]
        assert {event.subject for event in recorded} == {f"task/{task['id']}"}
        assert recorded[0].data.task == states.TaskState.model_validate(task)
        assert recorded[-1].data.task == states.TaskState.model_validate(restored)
        assert [changes_of(event) for event in recorded] == [
            {},
            {"status": ("in_progress", "completed")},
            {
                "title": (FULL["title"], "Over"),
                "description": (FULL["description"], ""),
                "status": ("completed", "todo"),
                "priority": ("high", "medium"),
                "due_date": ("2031-03-31", "2032-01-01"),
                "assignee_ids": ([bob.id], []),
                "labels": (FULL["labels"], []),
                "estimate_minutes": (90, None),
            },
            {},
            {},
        ]

    async def test_go_to_who_may_see_the_task(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, assignee_ids=[bob.id, ann.id])
        await tasks.patch(task, ann, {"assignee_ids": []})
        created, unassigned = await tasks.events_of(task)
        assert sorted(created.audience) == [ann.id, bob.id]
        assert changes_of(unassigned) == {"assignee_ids": ([bob.id, ann.id], [])}
        assert unassigned.audience == [ann.id]

    async def test_carry_the_request(self, tasks: Tasks, ann: Person) -> None:
        trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
        headers = {"X-Request-ID": "my-request", "traceparent": trace}
        answer = await tasks.post("/api/tasks", ann, json={"title": "x"}, headers=headers)
        assert answer.headers["x-request-id"] == "my-request"
        (event,) = await tasks.events_of(answer.json())
        assert (event.requestid, event.traceparent) == ("my-request", trace)

    async def test_take_every_text_and_date(self, tasks: Tasks, ann: Person) -> None:
        for title in ("'\"\\", "🦄 e\u0301 \u202e", "</script>", "{}", "a\u2028b"):
            for day in ("0001-01-02", "1582-10-10", "2024-02-29", "9999-12-30"):
                task = await tasks.create(ann, title, due_date=day)
                (event,) = await tasks.events_of(task)
                assert (event.data.task.title, event.data.task.due_date.isoformat()) == (title, day)

    async def test_the_first_and_the_last_day_are_refused(self, tasks: Tasks, ann: Person) -> None:
        """The driver writes them as infinities, which are no dates to anybody else."""
        for day in ("0001-01-01", "9999-12-31"):
            answer = await tasks.post("/api/tasks", ann, json={"title": "x", "due_date": day})
            assert answer.status_code == 422

    async def test_a_refused_change_tells_nobody(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        await tasks.patch(task, ann, {"title": "x"}, if_match='"7"')
        await tasks.patch(task, ann, {"title": ""})
        await tasks.patch(task, ann, {"assignee_ids": [10**9]})
        assert len(await tasks.events_of(task)) == 1


class TestActivity:
    async def test_says_who_changed_what_newest_first(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, assignee_ids=[bob.id])
        await tasks.patch(task, bob, {"status": "completed"})
        found = await tasks.items(f"{path_of(task)}/activity", ann)
        assert [(e["action"], e["actor_id"], e["version"]) for e in found] == [
            ("task_updated", bob.id, 2),
            ("task_created", ann.id, 1),
        ]
        assert found[0]["changes"] == {"status": {"from": "todo", "to": "completed"}}
        assert found[0]["task_id"] == task["id"]
        assert found[0]["occurred_at"].endswith("Z")
        ids = [str(event.id) for event in await tasks.events_of(task)]
        assert [entry["id"] for entry in found] == ids[::-1]

    async def test_is_walked_page_by_page_while_more_happens(self, tasks: Tasks, ann: Person) -> None:
        task = await tasks.create(ann)
        for number in range(9):
            await tasks.patch(task, ann, {"title": f"t{number}"})
        for path in (f"{path_of(task)}/activity", "/api/activity"):
            seen: list[int] = []
            first = (await tasks.get(path, ann)).json()["items"][0]["version"]
            cursor: str | None = ""
            while cursor is not None:
                params = {"limit": 3, **({"cursor": cursor} if cursor else {})}
                page = (await tasks.get(path, ann, params=params)).json()
                seen += [entry["version"] for entry in page["items"]]
                cursor = page["next_cursor"]
                await tasks.patch(task, ann, {"title": "meanwhile"})
            assert seen == list(range(first, 0, -1))

    async def test_shows_who_has_no_right_any_more_nothing(self, tasks: Tasks, ann: Person, bob: Person) -> None:
        task = await tasks.create(ann, assignee_ids=[bob.id])
        assert len(await tasks.items("/api/activity", bob)) == 1
        await tasks.patch(task, ann, {"assignee_ids": []})
        assert await tasks.items("/api/activity", bob) == []
