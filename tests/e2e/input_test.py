"""Keyboard, text and pointer of the client, as real programs on the display get them."""
import re

from scene import Scene, needs, run, until


class Input(Scene):
    def setUp(self) -> None:
        super().setUp()
        needs(wev="wev")
        client = self.paired_client()
        self.stream = client.stream(self.host.address, "1000x800@60")
        self.display = self.stream.started()["display"]
        self.typed = self.stage.work / "typed"

    def open_terminal(self, script: str) -> None:
        self.stage.start("terminal", ["foot", "--app-id", "terminal", "sh", "-c", script])
        self.stage.wait_for_window("terminal")
        until(lambda: (self.stage.work / "ready").exists(), 10, "the terminal's script")

    def text(self) -> str:
        return self.typed.read_text(encoding="utf-8") if self.typed.exists() else ""

    def expect_text(self, wanted: str) -> None:
        try:
            until(lambda: self.text() == wanted, 8, "the text in the terminal")
        finally:
            self.assertEqual(self.text(), wanted)

    def open_event_viewer(self):
        """A window that fills the display and prints every event."""
        self.events = self.stage.logs / "wev.log"
        self.stage.start("wev", ["stdbuf", "-oL", "wev"])
        self.stage.wait_for_window("wev")
        until(lambda: "wl_keyboard] enter" in self.seen(), 10, "the keyboard focus of the event viewer")

    def seen(self) -> str:
        return self.events.read_text(encoding="utf-8", errors="replace")

    def test_a_line_with_every_kind_of_character(self):
        self.open_terminal(f"touch '{self.stage.work}/ready'; read -r line; printf '%s' \"$line\" > '{self.typed}'; sleep 60")
        line = "The quick (brown) fox_42 jumps: 100% over {lazy} dogs; ~!@#$^&*=+|<>/?\"'`"
        self.stream.say(f"type {line}\\n")
        self.expect_text(line)

    def test_unicode_text_arrives_whatever_the_layout_is(self):
        self.open_terminal(f"touch '{self.stage.work}/ready'; read -r line; printf '%s' \"$line\" > '{self.typed}'; sleep 60")
        line = "Grüße, Ω € 漢字 🙂"
        self.stream.say(f"text {line}")
        self.stream.say("key enter")
        self.expect_text(line)

    def test_control_c_interrupts_and_arrows_edit(self):
        self.open_terminal(f"trap 'printf interrupted > {self.typed}; exec sleep 60' INT; touch '{self.stage.work}/ready'; "
                           "while :; do sleep 0.1; done")
        for command in ("key leftctrl down", "key c", "key leftctrl up"):
            self.stream.say(command)
        self.expect_text("interrupted")

    def test_what_is_held_is_let_go_of_when_the_client_leaves(self):
        self.open_event_viewer()
        self.stream.say("key leftctrl down")
        self.stream.say("button left down")
        until(lambda: "state: 1 (pressed)" in self.seen() and "Control_L" in self.seen(), 8, "the key's arrival")
        self.stream.goodbye()
        until(lambda: re.search(r"key: 37; state: 0 \(released\)", self.seen()), 8, "the key's release")

    def test_the_pointer_goes_where_it_is_put_and_moves_by_what_it_is_moved(self):
        self.open_event_viewer()
        self.stream.say("place 0.5 0.5")
        # Coordinates are the window's, which fills the display.
        until(lambda: self.last_place() is not None, 8, "the pointer's arrival")
        self.stream.mark()
        until(lambda: self.near(500, 400), 8, "the pointer in the middle")
        self.stream.say("move 120 -45.5")
        until(lambda: self.near(620, 354.5), 8, "the pointer's motion")
        for corner, place in (("0 0", (0, 0)), ("1 1", (999, 799))):
            self.stream.say(f"place {corner}")
            until(lambda at=place: self.near(*at), 8, f"the pointer in the corner {corner}")

    def last_place(self) -> tuple[float, float] | None:
        found = re.findall(r"wl_pointer\] (?:motion|enter): .*?x, y: (-?[0-9.]+), (-?[0-9.]+)", self.seen())
        return (float(found[-1][0]), float(found[-1][1])) if found else None

    def near(self, x: float, y: float) -> bool:
        place = self.last_place()
        return place is not None and abs(place[0] - x) <= 1.5 and abs(place[1] - y) <= 1.5

    def test_buttons_and_both_wheels(self):
        self.open_event_viewer()
        self.stream.say("place 0.5 0.5")
        for name, code in (("left", 272), ("right", 273), ("middle", 274)):
            self.stream.say(f"button {name}")
            until(lambda c=code: re.search(rf"button: {c} .*state: 0", self.seen()), 8, f"the {name} button")
        self.stream.say("wheel -1")
        until(lambda: re.search(r"axis: 0 \(vertical\), value: [1-9]", self.seen()), 8, "the wheel, downwards")
        self.stream.say("wheel 0 1")
        until(lambda: re.search(r"axis: 1 \(horizontal\), value: [1-9]", self.seen()), 8, "the wheel, to the right")
        before = len(re.findall("axis: 0", self.seen()))
        self.stream.say("wheel 0.25")  # a high-resolution wheel turns by parts of a notch
        until(lambda: len(re.findall("axis: 0", self.seen())) > before, 8, "a quarter of a notch")


class Layout(Scene):
    """The host's keyboard layout decides what a key prints."""

    HOST_CONFIG = '[keyboard]\nlayout = "de"\n'

    def test_keys_print_what_the_hosts_layout_has_on_them(self):
        client = self.paired_client()
        stream = client.stream(self.host.address, "800x600@60")
        stream.started()
        typed, ready = self.stage.work / "typed", self.stage.work / "ready"
        self.stage.start("terminal", ["foot", "--app-id", "terminal", "sh", "-c",
                                      f"touch '{ready}'; read -r line; printf '%s' \"$line\" > '{typed}'; sleep 60"])
        self.stage.wait_for_window("terminal")
        until(ready.exists, 10, "the terminal's script")
        # On a German keyboard: z and y change places, sharp s and umlauts have keys, and @ is AltGr+Q.
        for command in ("key y", "key z", "key minus", "key apostrophe", "key leftshift down", "key semicolon", "key leftshift up",
                        "key rightalt down", "key q", "key rightalt up", "key enter"):
            stream.say(command)
        until(lambda: typed.exists() and typed.read_text(encoding="utf-8"), 8, "the line")
        self.assertEqual(typed.read_text(encoding="utf-8"), "zyßäÖ@")


if __name__ == "__main__":
    run()
