"""Running a learner in the foreground, until SIGTERM or SIGINT."""

from aiokafka import AIOKafkaProducer

from streams.apps.learner import create_learner
from streams.apps.process import serve
from streams.apps.start import checked
from streams.lanes.delivery import ProducerFactory
from streams.learner.preparation import Preparation
from streams.settings.settings import Settings


def run_learner(
    settings: Settings, preparation: Preparation, *, producer_factory: ProducerFactory = AIOKafkaProducer
) -> None:
    """Check the topics, then learn until a signal; ends the process.

    Raises:
        ConfigurationError: A topic is missing, the partitions do not fit together, or the web server's port is taken.
        SystemExit: Always, at the end: 0 after a signal, 1 after a crash.
    """
    loop, _counts = checked(settings)
    application = create_learner(settings, preparation, producer_factory=producer_factory)
    serve(application.app, application.web, loop)
