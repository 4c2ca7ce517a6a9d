"""How moto's and sfnx's interpreters end the same drawn machines as the simulator, and the reason of every difference.

python benchmarks/judges.py [MACHINES]
"""

from __future__ import annotations

import logging
import sys
import threading
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))  # the judges live beside the tests

from tests.simulate import judges
from tests.simulate.test_judges import MOTO, SFNX, verdicts


def main() -> int:
    """Print how many machines end the same, and the reasons where they do not."""
    machines = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    logging.disable(logging.CRITICAL)  # moto logs each failure at length
    threading.excepthook = lambda arguments: None  # its threads die of those that are stopped
    unexplained = 0
    for name, judge, reasons, jsonata in (("moto", judges.moto, MOTO, False), ("sfnx", judges.sfnx, SFNX, True)):
        found = verdicts(judge, range(machines), reasons, jsonata)
        language = "JSONata" if jsonata else "JSONPath"
        print(f"{name}: {found.pop('same')} of {machines} machines in {language} end the same")
        for reason, count in found.most_common():
            print(f"  {count:>4}  {reason}")
        unexplained += sum(count for reason, count in found.items() if reason not in reasons)
    print(f"{unexplained} differences without a reason")
    return 1 if unexplained else 0


if __name__ == "__main__":
    sys.exit(main())
