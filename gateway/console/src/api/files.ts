import { problemOf, unreachable } from "./problem";
import { accessToken } from "./session";

const KEPT = 10_000; // milliseconds that the browser has to begin with a saved file

/** A file's answer. The token travels in a header, never in an address. */
async function fetched(path: string): Promise<Response> {
  const headers = { Authorization: `Bearer ${await accessToken()}` };
  const response = await fetch(path, { headers }).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw await problemOf(response);
  return response;
}

/** The file's bytes as an address for this page; to be revoked when it is not shown any more. */
export async function shownAt(path: string): Promise<string> {
  return URL.createObjectURL(await (await fetched(path)).blob());
}

/** Saves a file, under the name that the server gives it unless another is given. */
export async function save(path: string, name?: string): Promise<void> {
  const response = await fetched(path);
  const named = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
  const href = URL.createObjectURL(await response.blob());
  Object.assign(document.createElement("a"), { href, download: name ?? named ?? "file" }).click();
  setTimeout(() => URL.revokeObjectURL(href), KEPT);
}

/** Sends a file as a form does. */
export async function sendFile<Answer>(
  path: string,
  file: File,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const body = new FormData();
  body.append("file", file);
  const signed = { ...headers, Authorization: `Bearer ${await accessToken()}` };
  const response = await fetch(path, { method: "POST", headers: signed, body }).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw await problemOf(response);
  return (await response.json()) as Answer;
}
