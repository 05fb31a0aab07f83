"""Running a review queue in the foreground, until SIGTERM or SIGINT."""

from aiokafka import AIOKafkaProducer

from streams.apps.process import serve
from streams.apps.review import create_review
from streams.apps.start import checked
from streams.clock import wall_clock
from streams.console.desk.serve import desk_pages
from streams.lanes.delivery import ProducerFactory
from streams.learner.for_people import KafkaLearning
from streams.messages.roles import Role
from streams.settings.settings import Settings


def run_review(settings: Settings, *, producer_factory: ProducerFactory = AIOKafkaProducer) -> None:
    """Check the topics, then serve reviewers until a signal; ends the process.

    Raises:
        ConfigurationError: A topic is missing, the partitions do not fit together, or the web server's port is taken.
        SystemExit: Always, at the end: 0 after a signal, 1 after a crash.
    """
    loop, counts = checked(settings)
    learning = KafkaLearning(settings, source=f"/evenhand/{settings.app_id}", clock=wall_clock)
    application = create_review(
        settings,
        partitions=counts[Role.TRANSACTIONS],
        producer_factory=producer_factory,
        pages=lambda desk: desk_pages(settings, desk, learning, clock=wall_clock).routes(),
    )
    serve(application.app, application.web, loop)
