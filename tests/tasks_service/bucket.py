"""An S3-compatible bucket as far as attachments need one: a real server on loopback, its objects in memory."""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.serving import serving

XML = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
LONG_AGO = "2020-01-01T00:00:00.000Z"


@dataclass
class Bucket:
    """`objects` by key; `uploads` are those in parts that are under way. With `away` every request fails."""

    url: str = ""
    objects: dict[str, bytes] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    uploads: dict[str, dict[int, bytes]] = field(default_factory=dict)
    away: bool = False
    numbers: itertools.count[int] = field(default_factory=itertools.count)

    async def answer(self, request: Request) -> Response:
        query, key = request.query_params, request.path_params.get("key", "")
        signed = "AWS4-HMAC-SHA256" in request.headers.get("authorization", "") or "X-Amz-Signature" in query
        if self.away or not signed:
            return Response(status_code=400 if self.away else 403)
        if request.method in ("GET", "HEAD"):
            return self._list(query.get("prefix", "")) if "list-type" in query else self._get(key)
        if request.method == "PUT":
            return self._put(key, await request.body(), request)
        if request.method == "POST":
            return self._post(key, await request.body(), request)
        self.uploads.pop(query.get("uploadId", ""), None)
        self.objects.pop(key, None)
        return Response(status_code=204)

    def _get(self, key: str) -> Response:
        if key not in self.objects:
            return Response("<Error><Code>NoSuchKey</Code></Error>", 404)
        headers = {"ETag": '"x"', "Last-Modified": "Wed, 01 Jan 2020 00:00:00 GMT", **self.headers.get(key, {})}
        return Response(self.objects[key], headers=headers)

    def _put(self, key: str, body: bytes, request: Request) -> Response:
        if upload := request.query_params.get("uploadId"):
            self.uploads[upload][int(request.query_params["partNumber"])] = body
        else:
            self.objects[key] = body
        return Response(headers={"ETag": '"x"'})

    def _post(self, key: str, body: bytes, request: Request) -> Response:
        if "uploads" in request.query_params:
            upload = f"upload-{next(self.numbers)}"
            self.uploads[upload] = {}
            kept = ("content-type", "content-disposition")
            self.headers[key] = {name: request.headers[name] for name in kept if name in request.headers}
            result = f"<Bucket>bucket</Bucket><Key>{key}</Key><UploadId>{upload}</UploadId>"
            return Response(f"<InitiateMultipartUploadResult {XML}>{result}</InitiateMultipartUploadResult>")
        if "delete" in request.query_params:
            names = re.findall(r"<Key>([^<]+)</Key>", body.decode())
            for name in names:
                self.objects.pop(name, None)
            deleted = "".join(f"<Deleted><Key>{name}</Key></Deleted>" for name in names)
            return Response(f"<DeleteResult {XML}>{deleted}</DeleteResult>")
        parts = self.uploads.pop(request.query_params["uploadId"])
        self.objects[key] = b"".join(parts[number] for number in sorted(parts))
        result = f"<Key>{key}</Key><ETag>x</ETag>"
        return Response(f"<CompleteMultipartUploadResult {XML}>{result}</CompleteMultipartUploadResult>")

    def _list(self, prefix: str) -> Response:
        entries = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>{LONG_AGO}</LastModified><Size>{len(content)}</Size>"
            "<ETag>x</ETag></Contents>"
            for key, content in sorted(self.objects.items())
            if key.startswith(prefix)
        )
        return Response(f"<ListBucketResult {XML}><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>")


@asynccontextmanager
async def running_bucket() -> AsyncIterator[Bucket]:
    bucket, methods = Bucket(), ["GET", "HEAD", "PUT", "POST", "DELETE"]
    routes = [Route(path, bucket.answer, methods=methods) for path in ("/bucket", "/bucket/{key:path}")]
    async with serving(routes) as bucket.url:
        yield bucket
