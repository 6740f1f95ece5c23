"""Where the files that are no code lie: the letters' templates and the examples of the configuration.

In a checkout they stand at the root of the tree, in an installed wheel inside the package.
"""

from pathlib import Path

_HERE = Path(__file__).parent
_PLACES = (_HERE / "_share", _HERE.parent)


def folder(name: str) -> Path:
    """The folder `templates` or `config`, wherever maildesk was installed; FileNotFoundError when it is in neither place."""
    for place in _PLACES:
        if (place / name).is_dir():
            return place / name
    raise FileNotFoundError(f"maildesk was installed without its folder {name}: looked in {', '.join(map(str, _PLACES))}")
