import io

from producer.progress import ProgressLine
from producer.publish import Progress


class Stream(io.StringIO):
    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        return self._is_terminal


class StillTimer:
    stopped = False
    seconds = 50.0

    def now(self) -> float:
        return self.seconds

    def wait(self, seconds: float) -> None:
        self.seconds += seconds


def show_one_minute(stream: Stream) -> str:
    timer = StillTimer()
    line = ProgressLine(stream, timer)
    for second in range(1, 61):
        timer.wait(1)
        line.show_progress(Progress(20 * second, 1, 7, 0.0))
    line.show_result(1200, 1)
    return stream.getvalue()


def test_elsewhere_there_is_a_plain_line_every_ten_seconds() -> None:
    lines = show_one_minute(Stream(is_terminal=False)).splitlines()
    assert lines[0] == "delivered 200, failed 1, 20.0 per second, 7 in flight"
    assert len(lines) == 7
    assert lines[-1] == "delivered 1200, failed 1"


def test_on_a_terminal_one_line_renews_itself() -> None:
    text = show_one_minute(Stream(is_terminal=True))
    assert text.count("\n") == 1
    assert text.count("\r\033[K") == 61
    assert text.endswith("\r\033[Kdelivered 1200, failed 1\n")


def test_a_silent_kafka_is_named() -> None:
    stream, timer = Stream(is_terminal=False), StillTimer()
    line = ProgressLine(stream, timer)
    timer.wait(10)
    line.show_progress(Progress(5, 0, 100, 8.2))
    assert stream.getvalue().rstrip().endswith("100 in flight, waiting for Kafka since 8 s")


def test_a_sentence_of_somebody_else_gets_a_line_of_its_own_on_a_terminal() -> None:
    terminal, elsewhere = Stream(is_terminal=True), Stream(is_terminal=False)
    for stream in (terminal, elsewhere):
        ProgressLine(stream, StillTimer()).clear()
    assert terminal.getvalue() == "\r\033[K"
    assert elsewhere.getvalue() == ""
