"""python -m htpasswd_kit"""

import os
import sys

from . import run

# such as python3 or py, as it was typed
python = os.path.basename(getattr(sys, "orig_argv", ["python"])[0])
run(f"{python if 'py' in python and ' ' not in python else 'python'} -m htpasswd_kit")
