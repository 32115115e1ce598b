"""Streams over networks that lose, delay, reorder, repeat and forge."""
import json
import os
import signal
import subprocess
import time

from scene import Client, Host, Scene, needs, run, until

SECONDS = int(os.environ.get("PUNKTFUNK_NETWORK_SECONDS", "10"))  # of each stream
LEAST_FPS = 36  # of 60: what is lost is counted below, and a busy machine may draw less


class Network(Scene):
    def relayed(self, *impairment: str, extra: tuple = (), record: bool = True):
        """A paired client's stream through the relay, with the card on it."""
        relay = self.stage.start("relay", [self.stage.bin / "punktfunk-relay", "--to", self.host.address, *impairment], stdin=-1, stdout=-1)
        address = f"127.0.0.1:{int(relay.stdout.readline())}"
        client = Client(self.stage, "far")
        client.pair(self.host, address)
        stream = client.stream(address, "1280x720@60", extra=extra, record=record)
        display = stream.started(20)["display"]
        return relay, stream, display

    def end_of(self, relay) -> dict:
        relay.send_signal(signal.SIGTERM)
        line = relay.stdout.readline()
        relay.wait(10)
        return json.loads(line)

    def judge(self, stream, display: str, card) -> dict:
        measured = stream.measure(SECONDS)
        card.send_signal(signal.SIGUSR1)
        stream.say("wait 1.5")
        stream.mark()
        psnr = self.assert_same_picture(stream, display, (1280, 720))
        report = stream.goodbye()
        print(f"{measured['fps']:.1f} fps, {measured['longest_gap_ms']:.0f} ms at most from frame to frame; {report['packets_lost']} of "
              f"{report['packets_sent']} packets lost, {report['frames_recovered']} frames recovered, {report['frames_lost']} lost, "
              f"{report['packets_rejected']} packets rejected; {psnr:.1f} dB", flush=True)
        self.assertGreater(measured["fps"], LEAST_FPS)
        return report

    def test_five_percent_loss_with_reordering_and_jitter(self):
        relay, stream, display = self.relayed("--loss", "0.05", "--reorder", "0.05", "--jitter-ms", "4", "--delay-ms", "15", "--seed", "7")
        report = self.judge(stream, display, self.show_card())
        sums = self.end_of(relay)
        lost = sums["to_client"]["lost"]
        self.assertGreater(lost, 100)
        self.assertGreater(report["frames_recovered"], 50)
        # Recovered, or replaced by a newer one: no more than a handful in the whole stream is missing.
        self.assertLess(report["frames_lost"], 0.02 * report["frames_decoded"] + 4)

    def test_bursts_of_loss(self):
        relay, stream, display = self.relayed("--burst-enter", "0.004", "--burst-leave", "0.3", "--burst-loss", "0.9", "--seed", "3")
        report = self.judge(stream, display, self.show_card())
        self.assertGreater(self.end_of(relay)["to_client"]["lost"], 50)
        self.assertGreater(report["frames_recovered"], 3)

    def test_outages_end_with_a_picture_that_is_built_up_anew(self):
        # Whoever plays a recording shows every unit, so the host of a client that records sends a keyframe. At this bitrate one would
        # be a burst of three intervals; and no picture from before the outage is left to refer to.
        relay, stream, _ = self.relayed(extra=("--bitrate", "5"), record=False)
        self.show_card()
        outages = 5
        stream.say("measure begin")
        for _ in range(outages):
            time.sleep(1)
            for order, lasts in ((b"cut\n", 0.3), (b"mend\n", 0)):
                relay.stdin.write(order)
                relay.stdin.flush()
                time.sleep(lasts)
        time.sleep(1)
        stream.say("measure end")
        measured = stream.wait_for("measured", 20)
        counters = self.host.sessions()[0]
        stream.say("goodbye")
        report = stream.wait_for("report", 20)
        self.end_of(relay)
        print(f"{outages} outages of 300 ms: {report['losses_refreshed']} ended with a refresh, {report['losses_restarted']} with a keyframe; "
              f"{counters['keyframes']} keyframes in all; longest gap {measured['longest_gap_ms']:.0f} ms", flush=True)
        self.assertGreaterEqual(report["losses_refreshed"] + report["losses_restarted"], outages)
        # On a machine that is slow to answer, the client may ask for a keyframe meanwhile.
        self.assertGreaterEqual(report["losses_refreshed"], outages - 2)

    def test_replayed_and_forged_packets_do_no_harm(self):
        relay, stream, display = self.relayed("--duplicate", "0.1", "--replay", "0.1", "--forge", "0.1", "--seed", "11")
        report = self.judge(stream, display, self.show_card())
        sums = self.end_of(relay)
        for side in ("against_client", "against_host"):
            self.assertGreater(sums[side]["forged"], 5)
            self.assertGreater(sums[side]["replayed"], 5)
        self.assertEqual(report["frames_lost"], 0)
        # Each forged, repeated or replayed media packet was seen for what it is.
        self.assertGreater(report["packets_rejected"], sums["against_client"]["forged"] / 2)
        self.assertEqual(self.host.sessions(), [])


class Namespaces(Scene):
    """Host and client in network namespaces of their own, and a kernel between them that drops every twentieth packet."""

    def setUp(self) -> None:
        super().setUp()
        needs(ip="iproute2", nft="nftables", ethtool="ethtool")
        self.host.stage.processes.end(self.host.process)
        tag = self.stage.work.name[-6:]
        self.near, self.far = f"pf-host-{tag}", f"pf-client-{tag}"
        for space in (self.near, self.far):
            self.command("ip", "netns", "add", space)
            self.addCleanup(subprocess.run, ["ip", "netns", "del", space], check=False)
        self.command("ip", "link", "add", "pf0", "netns", self.near, "type", "veth", "peer", "name", "pf1", "netns", self.far)
        for space, link, address in ((self.near, "pf0", "10.77.0.1/24"), (self.far, "pf1", "10.77.0.2/24")):
            self.command("ip", "-n", space, "address", "add", address, "dev", link)
            self.command("ip", "-n", space, "address", "add", f"fd77::{address[8]}/64", "dev", link, "nodad")
            # A real network sees single packets; veth would hand a frame's whole train over as one.
            self.command("ip", "netns", "exec", space, "ethtool", "-K", link, "tx-udp-segmentation", "off", "gro", "off")
            self.command("ip", "-n", space, "link", "set", link, "up")
            self.command("ip", "-n", space, "link", "set", "lo", "up")

    def command(self, *words: str) -> None:
        subprocess.run(words, check=True, capture_output=True, timeout=20)

    def drop(self, space: str, percent: int) -> None:
        rules = (f"table inet bad {{ chain in {{ type filter hook input priority 0; "
                 f"meta l4proto udp numgen random mod 100 < {percent} counter drop\n}}\n}}")
        self.command("ip", "netns", "exec", space, "nft", rules)

    def dropped(self, space: str) -> int:
        out = subprocess.run(["ip", "netns", "exec", space, "nft", "-j", "list", "table", "inet", "bad"], capture_output=True, text=True, check=True)
        found = [e["counter"]["packets"] for item in json.loads(out.stdout)["nftables"] for e in item.get("rule", {}).get("expr", []) if "counter" in e]
        return found[0]

    def test_five_percent_dropped_by_the_kernel(self):
        for name, listen, target in (("four", "10.77.0.1:47900", "10.77.0.1"), ("six", "[fd77::1]:47900", "fd77::1")):
            with self.subTest(listen=listen):
                host = Host(self.stage, name, listen=listen, wrapper=["ip", "netns", "exec", self.near]).start()
                client = Client(self.stage, name, ["ip", "netns", "exec", self.far])
                client.pair(host, target)
                if name == "four":
                    for space in (self.near, self.far):
                        self.drop(space, 5)
                stream = client.stream(target, "1280x720@60")
                display = stream.started(20)["display"]
                card = self.show_card()
                measured = stream.measure(SECONDS)
                card.send_signal(signal.SIGUSR1)
                stream.say("wait 1.5")
                stream.mark()
                psnr = self.assert_same_picture(stream, display, (1280, 720))
                report = stream.goodbye()
                self.stage.processes.end(card)
                print(f"IPv{'4' if name == 'four' else '6'}: {measured['fps']:.1f} fps, {self.dropped(self.far)} packets dropped by the kernel so far, "
                      f"{report['frames_recovered']} frames recovered, {report['frames_lost']} lost, {psnr:.1f} dB", flush=True)
                self.assertGreater(measured["fps"], LEAST_FPS)
                self.assertGreater(report["frames_recovered"], 50)
                self.assertLess(report["frames_lost"], 0.02 * report["frames_decoded"] + 4)
                until(lambda: not self.stage.active_outputs(), 5, "the end of the display")
                self.stage.processes.end(host.process)


if __name__ == "__main__":
    run()
