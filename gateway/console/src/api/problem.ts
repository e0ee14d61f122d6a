import type { Problem } from "./types";

/** What went wrong with a request: a problem+json answer, or that no answer came (`status` 0). */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  readonly version: number | undefined;
  /** What is wrong with single fields, by their name. */
  readonly fields: Record<string, string>;

  constructor(problem: Pick<Problem, "status" | "code" | "detail"> & Partial<Problem>) {
    super(problem.detail);
    this.status = problem.status;
    this.code = problem.code;
    this.version = problem.version;
    this.fields = Object.fromEntries((problem.errors ?? []).map((e) => [e.pointer.slice(1).split("/")[0], e.message]));
  }

  /** The same about the request as a whole, where there is no field to show it at. */
  whole(): ProblemError {
    return new ProblemError({ status: this.status, code: this.code, detail: this.message });
  }
}

export const unreachable = (): ProblemError =>
  new ProblemError({
    status: 0,
    code: "unreachable",
    detail: "The server cannot be reached. Your change was not saved.",
  });

/** What an answer says of itself; `body` is what stood in it. */
export function problemIn(body: unknown, status: number): ProblemError {
  if (typeof body === "object" && body !== null && "detail" in body) return new ProblemError(body as Problem);
  return new ProblemError({ status, code: "unexpected", detail: `The server answered ${status}.` });
}

export async function problemOf(response: Response): Promise<ProblemError> {
  return problemIn(await response.json().catch(() => null), response.status);
}
