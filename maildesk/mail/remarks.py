"""What was cut or repaired while one mail was read: names of limits for machines, plain sentences for people."""


class Remarks:
    """Grows while one mail is read and is then frozen into its Message; each remark stands once, in the order of finding."""

    __slots__ = ("_limits", "_warnings")

    def __init__(self) -> None:
        self._limits: dict[str, None] = {}
        self._warnings: dict[str, None] = {}

    def limit(self, name: str) -> None:
        """What lies beyond the limit `name` is missing from the answer."""
        self._limits[name] = None

    def warn(self, sentence: str) -> None:
        """Something was repaired or is doubtful."""
        self._warnings[sentence] = None

    @property
    def limits(self) -> tuple[str, ...]:
        return tuple(self._limits)

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(self._warnings)
