"""``python -m exam_engine`` is the command ``exam-engine``."""

from exam_engine.cli import main

main()
