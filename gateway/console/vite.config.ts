import { defineConfig } from "vite";

// `npm run dev` shows the sources and sends everything else to a running system.
const system = "http://localhost:8000";
const elsewhere = ["/api", "/ws", "/docs", "/redoc", "/openapi.json", "/asyncapi.json", "/health"];

export default defineConfig({
  build: { target: "es2022", modulePreload: { polyfill: false }, reportCompressedSize: false },
  server: { proxy: Object.fromEntries(elsewhere.map((path) => [path, { target: system, ws: path === "/ws" }])) },
});
