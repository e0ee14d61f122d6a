Redoc.init(
  "/openapi.json",
  { disableSearch: true, hideDownloadButtons: false, nativeScrollbars: true },
  document.getElementById("redoc"),
);
