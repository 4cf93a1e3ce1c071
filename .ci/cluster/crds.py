"""Write the CRDs of all custom resources that kubestock makes into a folder, from the releases of `make imports`."""

import shutil
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "imports"))

from regenerate import SOURCES, download


def main(folder: Path) -> None:
    """Copy the files, which may be read only in the module cache."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for source in SOURCES:
        module = download(source)
        for file in source.files:
            (folder / Path(file).name).write_bytes((module / file).read_bytes())
    (folder / ".ready").touch()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
