import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, ok } from "../../api/client";
import { ProblemError } from "../../api/problem";
import { type ProjectStatus, ROLES, type Role, type Way } from "../../api/types";
import { attempt, say } from "../../state/toasts";
import { useReloadOnChange } from "../../state/use-reload";
import { Dialog } from "../../ui/dialog";
import { Form } from "../../ui/form";
import { Icon } from "../../ui/icon";
import { Dot } from "../../ui/marks";
import { Card } from "../../ui/pane";

const GREY = "#8c8c8c";
const NO_WAY = {
  status: 422,
  code: "no_way_left",
  detail: "One way has to stay somewhere in the workflow. “Allow every change” lifts it as a whole.",
};

interface Props {
  id: number;
  statuses: readonly ProjectStatus[];
  /** Whether this person may change it. */
  runs: boolean;
}

/** From which column of the board a task may go to which; those who run the project say so. */
export function Workflow({ id, statuses, runs }: Props) {
  const ways = useSignal<readonly Way[]>([]);
  const editing = useSignal<ProjectStatus | null>(null);
  const params = { path: { project_id: id } };
  const columns = statuses.map((status) => status.id).join();
  const load = async (): Promise<void> => {
    ways.value = (await ok(api.GET("/api/projects/{project_id}/transitions", { params }))).transitions;
  };
  useEffect(() => void (statuses.length > 1 && attempt(load)), [id, columns]);
  useReloadOnChange(() => statuses.length > 1 && attempt(load), ["project"]);
  const put = async (transitions: Way[]): Promise<void> => {
    ways.value = (
      await ok(api.PUT("/api/projects/{project_id}/transitions", { params, body: { transitions } }))
    ).transitions;
  };
  const free = (): void =>
    void attempt(async () => {
      const before = [...ways.peek()];
      await put([]);
      say("Every change of column is allowed.", { label: "Undo", run: () => void attempt(() => put(before)) });
    });
  const bound = ways.value.length > 0;
  if (statuses.length < 2 || !(runs || bound)) return null;
  return (
    <Card title="Workflow">
      <p class="soft">
        {bound
          ? "A task goes from one column to another only as it stands here; administrators are free."
          : "Every change of column is allowed."}
      </p>
      <ul class="rows">
        {statuses.map((status) => (
          <li key={status.id}>
            <Dot color={status.color ?? GREY} />
            <span class="grow">
              {status.name}
              <small class="soft">{destinations(status, ways.value, statuses)}</small>
            </span>
            {runs && (
              <button
                type="button"
                class="quiet square"
                aria-label={`Where ${status.name} leads`}
                onClick={() => void (editing.value = status)}
              >
                <Icon name="pencil" />
              </button>
            )}
          </li>
        ))}
      </ul>
      {runs && bound && (
        <button type="button" onClick={free}>
          Allow every change
        </button>
      )}
      {editing.value !== null && (
        <Edit
          from={editing.value}
          ways={ways.value}
          statuses={statuses}
          put={put}
          onClose={() => void (editing.value = null)}
        />
      )}
    </Card>
  );
}

const others = (from: ProjectStatus, statuses: readonly ProjectStatus[]): ProjectStatus[] =>
  statuses.filter(({ id }) => id !== from.id);

const way = (from: ProjectStatus, to: ProjectStatus, roles: Role[] = []): Way => ({
  from_status_id: from.id,
  to_status_id: to.id,
  roles,
});

const everyWay = (statuses: readonly ProjectStatus[]): Way[] =>
  statuses.flatMap((from) => others(from, statuses).map((to) => way(from, to)));

const between = (from: ProjectStatus, to: ProjectStatus, ways: readonly Way[]): Way | undefined =>
  ways.find((one) => one.from_status_id === from.id && one.to_status_id === to.id);

function destinations(from: ProjectStatus, ways: readonly Way[], statuses: readonly ProjectStatus[]): string {
  if (ways.length === 0) return "to every other";
  const told = others(from, statuses).flatMap((to) => {
    const found = between(from, to, ways);
    if (found === undefined) return [];
    return [found.roles?.length ? `${to.name} (${found.roles.join(", ")} only)` : to.name];
  });
  return told.length === 0 ? "leads nowhere" : `to ${told.join(", ")}`;
}

interface EditProps {
  from: ProjectStatus;
  ways: readonly Way[];
  statuses: readonly ProjectStatus[];
  put: (ways: Way[]) => Promise<void>;
  onClose: () => void;
}

/** Where one column leads. What is not ticked is forbidden from then on; the other columns stay as they are. */
function Edit({ from, ways, statuses, put, onClose }: EditProps) {
  const before = ways.length === 0 ? everyWay(statuses) : ways.filter((one) => one.from_status_id !== one.to_status_id);
  const targets = others(from, statuses);
  const save = async (ticked: Record<string, string>): Promise<void> => {
    const chosen = targets
      .filter((to) => ticked[`${to.id}`] === "on")
      .map((to) =>
        way(
          from,
          to,
          ROLES.filter((role) => ticked[`${to.id} ${role}`] === "on"),
        ),
      );
    const after = [...before.filter((one) => one.from_status_id !== from.id), ...chosen];
    if (after.length === 0) throw new ProblemError(NO_WAY);
    const whole = after.length === everyWay(statuses).length && after.every(({ roles }) => !roles?.length);
    await put(whole ? [] : after);
    onClose();
  };
  return (
    <Dialog title={`From ${from.name}`} onClose={onClose}>
      <p class="soft">
        Tick where tasks may go from here. With no role ticked, everybody who may change them may move them.
      </p>
      <Form onSubmit={save} submit="Save">
        {() => targets.map((to) => <Target key={to.id} to={to} way={between(from, to, before)} />)}
      </Form>
    </Dialog>
  );
}

function Target({ to, way }: { to: ProjectStatus; way: Way | undefined }) {
  const ticked = useSignal(way !== undefined);
  return (
    <fieldset class="way">
      <legend class="unseen">To {to.name}</legend>
      <label class="check">
        <input
          type="checkbox"
          name={`${to.id}`}
          checked={ticked.value}
          onChange={(event) => void (ticked.value = event.currentTarget.checked)}
        />
        <Dot color={to.color ?? GREY} /> {to.name}
      </label>
      {ticked.value && (
        <span class="facts">
          <span class="soft">only for</span>
          {ROLES.map((role) => (
            <label class="check" key={role}>
              <input type="checkbox" name={`${to.id} ${role}`} defaultChecked={way?.roles?.includes(role)} /> {role}
            </label>
          ))}
        </span>
      )}
    </fieldset>
  );
}
