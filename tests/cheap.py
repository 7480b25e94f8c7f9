"""What is slow on purpose, or needs doing only once, made cheap: thousands of tests pay for it."""

from __future__ import annotations

from typing import ClassVar

from argon2 import PasswordHasher
from jinja2.bccache import Bucket, BytecodeCache

# Where `doors` takes its time: signing in is not what most tests are about.
hash_password = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash


class Templates(BytecodeCache):
    """Compiled templates, kept for all the applications that a run of tests makes."""

    kept: ClassVar[dict[str, bytes]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()
