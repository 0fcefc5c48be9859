"""Dataset folders of files: named under a declared root, never outside it."""

from pathlib import Path

from portal.core.connectors.base import ConnectorError, SystemConfig

PARQUET = (".parquet", ".pq")


def dataset_folder(config: SystemConfig, object_name: str) -> Path:
    """The dataset's folder under the system's `root`, links resolved. Raises ConnectorError outside or missing."""
    if not config.settings.get("root"):
        raise ConnectorError(f"{config.name} has no `root` folder in its settings; add it.")
    root = Path(config.settings["root"]).resolve()
    folder = (root / object_name).resolve()
    if not folder.is_relative_to(root):
        raise ConnectorError(f"The dataset of {config.name} lies outside its root folder; correct its placement.")
    if not folder.is_dir():
        raise ConnectorError(f"There is no folder {object_name} in {config.name}; correct its placement.", missing=True)
    return folder


def is_data(path: Path, folder: Path) -> bool:
    """Whether readers take this file for data: Parquet by name, nothing on its way hidden by `.` or `_`."""
    parts = path.relative_to(folder).parts
    return path.suffix in PARQUET and not any(part.startswith((".", "_")) for part in parts)


def data_files(folder: Path) -> list[Path]:
    """The dataset's Parquet files in a fixed order, links left out."""
    found = (path for path in folder.rglob("*") if is_data(path, folder))
    return sorted(path for path in found if path.is_file() and not path.is_symlink())


def all_files(folder: Path) -> list[Path]:
    """Every regular file below a folder, hidden and left-over ones too: what a byte scan looks at."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
