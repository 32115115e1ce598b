"""Moonlight's way through the real host: pair, launch, stream over a bad network, type, come back, quit, be removed."""
import json
import pathlib
import socket
import subprocess

from scene import Failure, Scene, needs, run, until
from processes import Probe  # from where scene looks


# How long anything may take before it counts as not happening: no claim is about time, and machines can be busy.
PATIENCE = 60.0


class Moonlight:
    """The tests' GameStream client with an identity of its own."""

    def __init__(self, scene: Scene, name: str = "sofa"):
        self.stage = scene.stage
        self.host = scene.host
        self.name = name
        state = self.host.json("status")["gamestream"]
        self.command = [self.stage.bin / "punktfunk-moonlight", "--http", state["http_port"], "--https", state["https_port"],
                        "--identity", self.stage.work / f"moonlight-{name}"]

    def pair(self, pin: str = "4711", typed: str = "4711") -> int:
        client = self.stage.start(f"moonlight-{self.name}", [*self.command, "pair", pin])
        until(lambda: self.host.json("status")["gamestream"]["waiting_for_pin"], PATIENCE, "a client that waits for its PIN")
        given = self.host.run("pair", "--gamestream", typed, "--name", self.name)
        if given.returncode != 0:
            raise Failure(given.stderr.strip())
        return client.wait(PATIENCE)

    def stream(self, *arguments) -> "MoonlightStream":
        process = self.stage.start(f"moonlight-{self.name}", [*self.command, "stream", *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        return MoonlightStream(process)


class MoonlightStream(Probe):
    def begin(self) -> None:
        self.wait_for("started", PATIENCE)

    def ask(self, command: str) -> dict:
        self.say(command)
        return self.wait_for("seen", PATIENCE)

    def end(self) -> int:
        self.process.stdin.close()
        return self.process.wait(PATIENCE)


class GameStream(Scene):
    HOST_CONFIG = "[gamestream]\nenabled = true\nport = 0\n"

    def session(self) -> dict:
        sessions = self.host.sessions()
        self.assertEqual(len(sessions), 1, sessions)
        return sessions[0]

    def test_a_client_pairs_streams_with_losses_types_and_quits(self):
        moonlight = Moonlight(self)
        self.assertEqual(moonlight.pair(), 0)
        clients = self.host.json("clients", "list")["clients"]
        self.assertEqual([c["name"] for c in clients], ["sofa"])
        self.stage.command_sway("input type:keyboard repeat_rate 0")  # a key that goes up late is typed once all the same
        stream = moonlight.stream("--mode", "1280x720@60", "--loss", "0.03")
        stream.begin()
        session = self.session()
        self.assertEqual((session["protocol"], session["client"], session["app"], session["mode"]), ("gamestream", "sofa", "Desktop", "1280x720@60"))
        self.assertEqual(self.stage.active_outputs(), {session["display"]: (1280, 720)})
        self.assertEqual(self.host.json("clients", "list")["clients"][0]["session"], "gamestream")
        self.show_card()
        seen = stream.ask("frames 240")
        self.assertEqual(seen["broken"], "")
        self.assertEqual(seen["first"], 1)
        self.assertGreater(seen["rebuilt"], 0)
        self.assertGreater(seen["sound"], 100)
        self.assertGreater(seen["frames"], 0.9 * (seen["last"] - seen["first"] + 1))
        print(f"{seen['frames']} of {seen['last']} frames at 3% loss, {seen['rebuilt']} packets rebuilt, {seen['rebuilt_sound']} of sound", flush=True)

        typed = pathlib.Path(self.stage.env["XDG_RUNTIME_DIR"]) / "typed"
        self.stage.start("terminal", ["foot", "--app-id", "terminal", "sh", "-c", f"cat > {typed}"])
        self.stage.wait_for_window("terminal", PATIENCE)
        for key in (0x48, 0x49, 0x0D):  # H, I, Enter
            stream.ask(f"input 03000000 00 {key:02x}80 00 0000")
            stream.ask(f"input 04000000 00 {key:02x}80 00 0000")
        until(lambda: typed.exists() and typed.read_text(encoding="utf-8") == "hi\n", PATIENCE, "what was typed")

        stream.ask("cancel")
        self.assertEqual(stream.ask("wait-end")["termination"], 0x80030023)
        self.assertEqual(stream.end(), 0)
        self.stage.wait_until_empty(PATIENCE)
        self.assertEqual(self.host.sessions(), [])

    def test_a_client_that_left_finds_its_display_again(self):
        moonlight = Moonlight(self)
        moonlight.pair()
        first = moonlight.stream()
        first.begin()
        display = self.session()["display"]
        first.ask("leave")
        first.end()
        until(lambda: self.session()["state"] == "waiting", PATIENCE, "a session that waits")
        again = moonlight.stream("--verb", "resume")
        again.begin()
        self.assertEqual(self.session()["display"], display)
        self.show_card()
        again.ask("frames 30")

    def test_a_removed_client_is_out_at_once_and_stays_out(self):
        moonlight = Moonlight(self)
        moonlight.pair()
        stream = moonlight.stream()
        stream.begin()
        self.assertEqual(self.host.run("clients", "remove", "sofa").returncode, 0)
        stream.ask("wait-end")
        self.stage.wait_until_empty(PATIENCE)
        again = moonlight.stream()
        self.assertNotEqual(again.process.wait(PATIENCE), 0)
        self.assertIn("not paired", self.stage.processes.log_of("moonlight-sofa"))

    def test_a_wrong_pin_trusts_nobody(self):
        moonlight = Moonlight(self)
        self.assertNotEqual(moonlight.pair(pin="4711", typed="4712"), 0)
        self.assertEqual(self.host.json("clients", "list")["clients"], [])
        nobody = self.host.run("pair", "--gamestream", "4711")
        self.assertEqual(nobody.returncode, 1)
        self.assertIn("no Moonlight client waits", nobody.stderr)

    def test_both_protocols_stream_side_by_side(self):
        moonlight = Moonlight(self)
        moonlight.pair()
        native = self.paired_client("native").stream(self.host.address, "800x600@60")
        native_display = native.started(PATIENCE)["display"]
        stream = moonlight.stream()
        stream.begin()
        sizes = self.stage.active_outputs()
        self.assertEqual(len(sizes), 2)
        self.assertEqual(sizes[native_display], (800, 600))
        self.assertEqual(sorted(s["protocol"] for s in self.host.sessions()), ["gamestream", "native"])
        native.goodbye()
        until(lambda: len(self.stage.active_outputs()) == 1, PATIENCE, "the end of the native display alone")
        self.show_card()
        stream.ask("frames 30")


    def test_an_app_starts_on_its_clients_display_and_its_end_ends_the_session(self):
        folder = pathlib.Path(self.stage.env["XDG_RUNTIME_DIR"])
        (self.host.folder / "config" / "punktfunk" / "apps.toml").write_text(
            f"""[[app]]
name = "Terminal"
command = ["foot", "--app-id", "the-app", "sh", "-c", "env > environment; while [ ! -e enough ]; do sleep 0.1; done"]
folder = "{folder}"
[[app.prepare]]
do = ["touch", "prepared"]
undo = "rm prepared"
""", encoding="utf-8")
        moonlight = Moonlight(self)
        moonlight.pair()
        stream = moonlight.stream("--app", "Terminal", "--mode", "800x600@60")
        stream.begin()
        self.stage.wait_for_window("the-app", PATIENCE)
        session = self.session()
        self.assertEqual(session["app"], "Terminal")
        outputs = [o for o in self.stage.sway("get_tree")["nodes"] if "the-app" in json.dumps(o)]
        self.assertEqual([o["name"] for o in outputs], [session["display"]])
        self.assertTrue((folder / "prepared").exists())
        environment = until(lambda: (folder / "environment").exists() and (folder / "environment").read_text(encoding="utf-8"), PATIENCE, "an environment")
        for line in (f"PUNKTFUNK_DISPLAY={session['display']}", "PUNKTFUNK_CLIENT=sofa", "PUNKTFUNK_WIDTH=800", f"SWAYSOCK={self.stage.env['SWAYSOCK']}"):
            self.assertIn(line, environment.splitlines())
        (folder / "enough").touch()
        self.assertEqual(stream.ask("wait-end")["termination"], 0x80030023)
        self.stage.wait_until_empty(PATIENCE)
        until(lambda: not (folder / "prepared").exists(), PATIENCE, "the undoing of what was prepared")

    def test_quitting_ends_the_app(self):
        (self.host.folder / "config" / "punktfunk" / "apps.toml").write_text(
            '[[app]]\nname = "Terminal"\ncommand = "foot --app-id the-app"\n', encoding="utf-8")
        moonlight = Moonlight(self)
        moonlight.pair()
        stream = moonlight.stream("--app", "Terminal")
        stream.begin()
        self.stage.wait_for_window("the-app", PATIENCE)
        stream.ask("leave")
        stream.end()
        until(lambda: self.session()["state"] == "waiting", PATIENCE, "a session that waits")
        again = moonlight.stream("--verb", "resume")
        again.begin()
        self.stage.wait_for_window("the-app", PATIENCE)
        again.ask("cancel")
        until(lambda: "the-app" not in json.dumps(self.stage.sway("get_tree")), PATIENCE, "the end of the app")


class Announced(Scene):
    HOST_CONFIG = GameStream.HOST_CONFIG
    DISCOVERY = True

    def found(self) -> list[str]:
        """Names and ports of the hosts that Moonlight's clients find, by a browser that is not ours."""
        browsed = subprocess.run(["avahi-browse", "--parsable", "--resolve", "--terminate", "_nvstream._tcp"], env=self.stage.env,
                                 capture_output=True, text=True, timeout=PATIENCE, check=True)
        return [f"{fields[3]} {fields[8]}" for line in browsed.stdout.splitlines() if (fields := line.split(";"))[0] == "="]

    def test_clients_find_the_host_and_its_user_reads_where_to_keep_it(self):
        needs(**{"avahi-browse": "avahi-utils"})
        port = self.host.json("status")["gamestream"]["http_port"]
        until(lambda: f"host {port}" in self.found(), PATIENCE, "the announcement")
        self.assertIn(f"listens at TCP {port}", self.host.log())
        self.assertIn("Keep it on a network that you trust", self.host.log())
        self.host.kill()
        until(lambda: self.found() == [], PATIENCE, "the end of the announcement")


class Taken(Scene):
    def setUp(self):
        self.taken = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.taken.close)
        self.port = self.taken.getsockname()[1]
        self.HOST_CONFIG = f"[gamestream]\nenabled = true\nport = {self.port}\n"
        super().setUp()

    def test_a_port_that_is_taken_is_named_and_the_rest_of_the_host_runs(self):
        state = self.host.json("status")["gamestream"]
        self.assertFalse(state["on"])
        self.assertIn(str(self.port), state["text"])
        self.assertIn(state["text"], self.host.run("doctor").stdout)
        native = self.paired_client().stream(self.host.address)
        native.started(PATIENCE)
        native.goodbye()


class Switch(Scene):
    HOST_CONFIG = "[gamestream]\nport = 0\n"

    def test_it_is_off_unless_it_is_switched_on(self):
        state = self.host.json("status")["gamestream"]
        self.assertFalse(state["on"])
        refused = self.host.run("pair", "--gamestream", "4711")
        self.assertEqual(refused.returncode, 1)
        self.assertIn("serve --gamestream", refused.stderr)
        self.assertNotIn("GameStream", self.host.log())

    def test_the_command_line_switches_it_on_and_the_log_says_what_that_means(self):
        self.host.kill()
        self.host.start("--gamestream")
        state = self.host.json("status")["gamestream"]
        self.assertTrue(state["on"])
        self.assertIn(f"GameStream listens at TCP {state['http_port']} and {state['https_port']}, for Moonlight's clients. Keep it on a network "
                      "that you trust: its pairing goes over plain HTTP behind a PIN of 4 digits, and clients choose whether picture and sound "
                      "are encrypted", self.host.log())
        self.assertEqual(Moonlight(self).pair(), 0)


if __name__ == "__main__":
    run()
