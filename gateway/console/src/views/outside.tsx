import type { ComponentChildren } from "preact";

/** The frame of the pages for those who are not signed in. */
export function Outside({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <main class="outside">
      <div class="card">
        <img src="/icon.svg" alt="" width="48" height="48" />
        <h1>{title}</h1>
        {children}
      </div>
      <p class="soft">
        For developers: <a href="/docs">API explorer</a>, <a href="/redoc">reference</a>,{" "}
        <a href="/openapi.json">OpenAPI</a>, <a href="/health">health</a>
      </p>
    </main>
  );
}
