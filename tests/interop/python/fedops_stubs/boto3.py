"""As much of boto3 as FedOps uses; a bucket is a folder in STUB_BUCKETS."""

import os
import shutil
import sys
from pathlib import Path
from types import ModuleType


class Bucket:
    def __init__(self, name):
        self.folder = Path(os.environ["STUB_BUCKETS"], name)

    def upload_file(self, Filename, Key):
        target = self.folder / Key
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(Filename, target)


class Client:
    Bucket = Bucket

    def list_objects_v2(self, Bucket, Prefix):
        folder = Path(os.environ["STUB_BUCKETS"], Bucket)
        keys = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]
        return {"Contents": [{"Key": key} for key in sorted(keys) if key.startswith(Prefix)]}

    def download_file(self, bucket, key, path):
        shutil.copy(Path(os.environ["STUB_BUCKETS"], bucket, key), path)


class Session:
    def __init__(self, **_options):
        pass

    def client(self, _service):
        return Client()

    resource = client


session = sys.modules["boto3.session"] = ModuleType("boto3.session")
session.Session = Session
