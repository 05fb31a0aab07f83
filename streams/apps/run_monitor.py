"""Running a monitor in the foreground, until SIGTERM or SIGINT."""

from aiokafka import AIOKafkaProducer

from streams.apps.monitor import create_monitor
from streams.apps.process import serve
from streams.apps.start import checked
from streams.lanes.delivery import ProducerFactory
from streams.messages.roles import Role
from streams.monitor.judging import Judging
from streams.settings.settings import Settings


def run_monitor(settings: Settings, judging: Judging, *, producer_factory: ProducerFactory = AIOKafkaProducer) -> None:
    """Check the topics, then judge until a signal; ends the process.

    Raises:
        ConfigurationError: A topic is missing, the partitions do not fit together, or the web server's port is taken.
        SystemExit: Always, at the end: 0 after a signal, 1 after a crash.
    """
    loop, counts = checked(settings)
    application = create_monitor(
        settings, judging, partitions=counts[Role.TRANSACTIONS], producer_factory=producer_factory
    )
    serve(application.app, application.web, loop)
