"""Ends that nobody planned: the client, the host or the compositor is killed in mid-stream."""
import json
import os
import signal
import time

from scene import Scene, run, until


class Ends(Scene):
    # With the host's own defaults: the times below are promises to users.

    def streaming(self, mode: str = "1280x720@60"):
        client = self.paired_client()
        stream = client.stream(self.host.address, mode)
        return client, stream, stream.started()["display"]

    def test_a_killed_client_frees_its_display_in_five_seconds(self):
        _, stream, _ = self.streaming()
        self.show_card()
        stream.process.kill()
        seconds = self.stage.wait_until_empty(8)
        print(f"display gone {seconds:.1f} s after the client was killed", flush=True)
        self.assertLess(seconds, 5.0)
        self.assertEqual(self.host.sessions(), [])

    def test_a_client_that_comes_back_finds_its_windows(self):
        client, stream, display = self.streaming()
        self.show_card()
        stream.process.kill()
        until(lambda: [s["state"] for s in self.host.sessions()] == ["waiting"], 5, "the host's notice")
        again = client.stream(self.host.address, "1280x720@60")
        started = again.started()
        self.assertTrue(started["resumed"])
        self.assertEqual(started["display"], display)
        self.assertGreater(again.measure(2)["fps"], 20)  # the card is on it, and still moves
        self.assertEqual(list(self.stage.active_outputs()), [display])
        again.goodbye()
        self.stage.wait_until_empty()

    def test_a_killed_host_is_told_in_three_seconds_and_leaves_no_display_for_good(self):
        _, stream, display = self.streaming()
        self.host.kill()
        began = time.monotonic()
        ended = stream.wait_for("ended", 6)
        seconds = time.monotonic() - began
        print(f"the client says after {seconds:.1f} s: {ended['text']}", flush=True)
        self.assertLess(seconds, 3.0)
        self.assertNotEqual(stream.process.wait(10), 0)
        self.assertEqual(list(self.stage.active_outputs()), [display])  # there was nobody to remove it
        self.host.start()
        self.stage.wait_until_empty()

    def test_a_stopped_host_says_goodbye(self):
        _, stream, _ = self.streaming()
        self.host.process.send_signal(signal.SIGTERM)
        ended = stream.wait_for("ended", 5)
        print(f"the client says: {ended['text']}", flush=True)
        self.assertEqual(self.host.process.wait(10), 0)
        self.assertEqual(self.stage.active_outputs(), {})

    def test_a_killed_compositor_ends_the_session_with_a_reason_and_the_host_stays(self):
        client, stream, _ = self.streaming()
        self.show_card()
        self.stage.kill_compositor()
        ended = stream.wait_for("ended", 6)
        print(f"the client says: {ended['text']}", flush=True)
        self.assertIn("compositor", ended["text"].lower())
        self.assertIsNone(self.host.process.poll())
        until(lambda: self.host.sessions() == [], 6, "the end of the session")
        refused = client.run("probe", self.host.address, "--seconds", "1")
        self.assertNotEqual(refused.returncode, 0)
        print(f"without a compositor: {refused.stderr.strip()}", flush=True)
        self.assertEqual(len(refused.stderr.strip().splitlines()), 1, refused.stderr)

    def test_a_short_cut_of_the_network_is_healed(self):
        client = self.paired_client()
        relay = self.stage.start("relay", [self.stage.bin / "punktfunk-relay", "--to", self.host.address], stdin=-1, stdout=-1)
        port = int(relay.stdout.readline())
        client.pair(self.host, f"127.0.0.1:{port}")
        stream = client.stream(f"127.0.0.1:{port}", "1280x720@60")
        stream.started()
        self.show_card()
        before = stream.measure(1)["fps"]
        os.kill(relay.pid, signal.SIGUSR1)
        time.sleep(0.8)
        os.kill(relay.pid, signal.SIGUSR1)
        stream.say("wait 0.5")
        after = stream.measure(2)["fps"]
        report = stream.goodbye()
        print(f"{before:.0f} fps before a cut of 0.8 s, {after:.0f} after; {report['packets_lost']} packets lost", flush=True)
        self.assertGreater(after, 30)
        self.assertGreater(report["packets_lost"], 0)
        self.assertTrue(json.dumps(report))


if __name__ == "__main__":
    run()
