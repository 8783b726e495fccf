"""Uploads with the vendor's public client in strict validation: URL, KEY and the folder of finished objects are given."""

import hashlib
import os
import sys
from pathlib import Path

import httpx
from autorender import Autorender, AuthenticationError, BadRequestError, NotFoundError, UnprocessableEntityError

url, key, objects = sys.argv[1:]
client = Autorender(api_key=key, base_url=url, max_retries=0, _strict_response_validation=True)
data = os.urandom(350_001)

session = client.multipart_uploads.start(
    file_name="Füße 映画.mov",
    format="video/quicktime",
    size=len(data),
    custom_id="c-1",
    folder="2026/räume",
    metadata={"scene": 4},
    random_prefix=False,
    tags=["one", "two"],
    ttl_seconds=600,
)
assert session.policy.tags == ["one", "two"], session
assert len(session.parts) == 4, session

try:
    client.multipart_uploads.complete(session_id=session.session_id)
    raise AssertionError("a complete without parts was taken")
except BadRequestError:
    pass

for number, part in enumerate(session.parts):
    body = data[number * session.part_size : (number + 1) * session.part_size]
    answer = httpx.put(part, content=body, headers={"Content-Type": "application/octet-stream"}, trust_env=False)
    assert answer.status_code == 200, answer.text
    assert answer.headers["etag"] == f'"{hashlib.md5(body).hexdigest()}"'

done = client.multipart_uploads.complete(session_id=session.session_id, uuid=session.uuid)
assert (done.size, done.custom_id, done.metadata) == (len(data), "c-1", {"scene": 4}), done
assert Path(objects, done.path).read_bytes() == data
again = client.multipart_uploads.complete(session_id=session.session_id)
assert again == done, again

for wrong, call in (
    (NotFoundError, lambda: client.multipart_uploads.complete(session_id="invented")),
    (UnprocessableEntityError, lambda: client.multipart_uploads.start(file_name="x", format="mov", size=1)),
    (AuthenticationError, lambda: client.copy(api_key="no").multipart_uploads.complete(session_id="invented")),
):
    try:
        call()
        raise AssertionError(f"{wrong.__name__} did not come")
    except wrong:
        pass

print("content")
