"""The edge: Kafka, settings, metrics, web and the command line."""

import os

# From its import on, a build of ONNX Runtime reports to its maker over HTTPS and keeps a session id in the temporary
# directory, unless this is set before it is loaded. A bank's worker reports to nobody; `models` must not touch the
# environment, so it is set here, before any module of ours can load it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
