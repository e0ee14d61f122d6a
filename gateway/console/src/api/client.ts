import createClient from "openapi-fetch";
import type { paths } from "../../generated/api";
import { problemIn, unreachable } from "./problem";
import { accessToken, forget } from "./session";

/** Every operation of `/openapi.json`, typed by it. Use with `ok`. */
export const api = createClient<paths>({ baseUrl: location.origin, fetch: authorized });

async function authorized(request: Request): Promise<Response> {
  const again = request.clone(); // a body can be sent only once
  const token = await accessToken();
  const response = await send(request, token);
  if (response.status !== 401 || token === null) return response;
  const renewed = await accessToken(token);
  if (renewed === null) return response;
  const second = await send(again, renewed);
  if (second.status === 401) forget();
  return second;
}

function send(request: Request, token: string | null): Promise<Response> {
  if (token !== null) request.headers.set("Authorization", `Bearer ${token}`);
  return fetch(request).catch(() => {
    throw unreachable();
  });
}

/** The answer's body, or a ProblemError thrown. */
export async function ok<Body>(call: Promise<{ data?: Body; error?: unknown; response: Response }>): Promise<Body> {
  const { data, error, response } = await call;
  if (!response.ok) throw problemIn(error, response.status);
  return data as Body;
}

/** A key under which a repeated POST does its work once. */
export const onceOnly = (): { "Idempotency-Key": string } => ({ "Idempotency-Key": crypto.randomUUID() });
