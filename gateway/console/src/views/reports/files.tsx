import { api, ok, onceOnly } from "../../api/client";
import { save } from "../../api/files";
import type { Report } from "../../api/types";
import { usePages } from "../../state/pages";
import { attempt } from "../../state/toasts";
import { useProgress } from "../../state/use-progress";
import { Form } from "../../ui/form";
import { Icon } from "../../ui/icon";
import { Listing } from "../../ui/listing";
import { Card } from "../../ui/pane";
import { agoWords, momentWords, sizeWords } from "../../ui/words";
import { Choices, requestOf, told } from "./asking";

const at = (report: Report) => ({ path: { report_id: report.id } });
const isBusy = ({ status }: Report): boolean => status === "queued" || status === "running";

/** Reports as files: the worker makes them, and here they are fetched. */
export function ReportFiles({ project }: { project: number | null }) {
  const pages = usePages("reports", (cursor) =>
    ok(api.GET("/api/reports", { params: { query: { limit: 10, cursor } } })),
  );
  useProgress((pages.items.value ?? []).some(isBusy), pages.reload);
  const ask = async (values: Record<string, string>): Promise<void> => {
    await ok(api.POST("/api/reports", { headers: onceOnly(), body: requestOf(values, project) }));
    await pages.reload();
  };
  const act = (work: () => Promise<unknown>): void => void attempt(work).then(pages.reload);
  return (
    <Card title="Files">
      <Form onSubmit={ask} submit="Make a file">
        {() => (
          <div class="row">
            <Choices id="file" project={project} />
          </div>
        )}
      </Form>
      <Listing pages={pages} empty="None yet. They are kept for 30 days.">
        {(report) => <Row key={report.id} report={report} act={act} />}
      </Listing>
    </Card>
  );
}

function Row({ report, act }: { report: Report; act: (work: () => Promise<unknown>) => void }) {
  const { progress } = report;
  return (
    <li>
      <span class="grow">
        {told(report)}
        <small class="soft" title={momentWords(report.created_at)}>
          {agoWords(report.created_at)}
          {report.size !== null && `, ${sizeWords(report.size)}`}
          {report.error !== null && `, ${report.error}`}
        </small>
      </span>
      {isBusy(report) && (
        <>
          <progress value={progress.done} max={progress.total || 1} aria-label={`${told(report)}: progress`} />
          <button
            type="button"
            onClick={() => act(() => ok(api.POST("/api/reports/{report_id}/cancel", { params: at(report) })))}
          >
            Stop
          </button>
        </>
      )}
      {(report.status === "failed" || report.status === "cancelled") && <span class="mark bad">{report.status}</span>}
      {report.status === "done" && (
        <button type="button" onClick={() => act(() => save(`/api/reports/${report.id}/download`))}>
          <Icon name="download" /> Download
        </button>
      )}
      {!isBusy(report) && (
        <button
          type="button"
          class="quiet square"
          aria-label={`Delete ${told(report)}`}
          onClick={() => act(() => ok(api.DELETE("/api/reports/{report_id}", { params: at(report) })))}
        >
          <Icon name="trash" />
        </button>
      )}
    </li>
  );
}
