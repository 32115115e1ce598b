"""A client's address changes under a running stream: another link, another port of its router, a liar beside it."""
import json
import signal
import subprocess
import sys
import time

from scene import Client, Host, Scene, needs, run

HOST = "10.77.0.1"
PORT = 47900
LONGEST_GAP_MS = 500

# Prints each UDP payload that leaves for the host by a link, in hexadecimal.
TAP = """
import socket, sys
tap = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(3))
tap.bind((sys.argv[1], 0))
while True:
    packet, (_, _, kind, *_) = tap.recvfrom(65536)
    size = (packet[0] & 15) * 4
    if kind == 4 and packet[9] == 17 and int.from_bytes(packet[size + 2:size + 4]) == int(sys.argv[2]):
        print(packet[size + 8:].hex(), flush=True)
"""

# Sends what it reads to the host from an address of its own, and counts what comes back until its input ends.
LIAR = """
import json, socket, sys, threading
to = (sys.argv[1], int(sys.argv[2]))
own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
own.bind(("", 0))
own.settimeout(0.2)
heard, said, over = [], [0, 0], False
def listen():
    while not over:
        try: heard.append(own.recv(65536))
        except TimeoutError: pass
listener = threading.Thread(target=listen)
listener.start()
for line in sys.stdin:
    payload = bytes.fromhex(line)
    own.sendto(payload, to)
    said[0] += 1
    said[1] += len(payload)
over = True
listener.join()
print(json.dumps({"packets_sent": said[0], "bytes_sent": said[1], "bytes_heard": sum(map(len, heard)),
                  "media_heard": sum(packet[0] >> 4 == 9 for packet in heard)}))
"""


class Roaming(Scene):
    def setUp(self) -> None:
        super().setUp()
        needs(ip="iproute2", nft="nftables", ethtool="ethtool")
        self.stage.processes.end(self.host.process)
        tag = self.stage.work.name[-6:]
        self.spaces = {name: f"pf-{name}-{tag}" for name in ("host", "router", "client", "liar")}
        for space in self.spaces.values():
            self.command("ip", "netns", "add", space)
            self.addCleanup(subprocess.run, ["ip", "netns", "del", space], check=False)
            self.command("ip", "-n", space, "link", "set", "lo", "up")
        # The host has one address, whichever link leads to it.
        self.ip("host", "address", "add", f"{HOST}/32", "dev", "lo")

    def command(self, *words: str) -> None:
        done = subprocess.run(words, capture_output=True, text=True, timeout=20, check=False)
        self.assertEqual(done.returncode, 0, f"{' '.join(words)}: {done.stderr}")

    def ip(self, space: str, *words: str) -> None:
        self.command("ip", "-n", self.spaces[space], *words)

    def inside(self, space: str) -> list:
        return ["ip", "netns", "exec", self.spaces[space]]

    def rules(self, space: str, text: str) -> None:
        self.command(*self.inside(space), "nft", text)

    def link(self, name: str, number: int, a: str, b: str) -> tuple[str, str]:
        """A cable from namespace `a`, whose end has the address 10.78.number.1, to `b`, whose has 10.78.number.2."""
        ends = f"{name}-a", f"{name}-b"
        self.command("ip", "link", "add", ends[0], "netns", self.spaces[a], "type", "veth", "peer", "name", ends[1], "netns", self.spaces[b])
        for space, end, last in ((a, ends[0], 1), (b, ends[1], 2)):
            self.ip(space, "address", "add", f"10.78.{number}.{last}/24", "dev", end)
            # A real network sees single packets; veth would hand a frame's whole train over as one.
            self.command(*self.inside(space), "ethtool", "-K", end, "tx-udp-segmentation", "off", "gro", "off")
            self.ip(space, "link", "set", end, "up")
        return ends

    def wifi_and_cable(self) -> tuple[str, str]:
        """Two links from the client to the host; returns the client's ends. The first is used while it is there."""
        ends = []
        for number, name in ((1, "wifi"), (2, "cable")):
            _, end = self.link(name, number, "host", "client")
            self.ip("client", "route", "add", f"{HOST}/32", "via", f"10.78.{number}.1", "dev", end, "metric", str(100 * number))
            ends.append(end)
        return ends[0], ends[1]

    def start(self):
        """A stream with the moving card on it, half a second after its first frame."""
        host = Host(self.stage, "roaming", listen=f"{HOST}:{PORT}", wrapper=self.inside("host")).start()
        client = Client(self.stage, "roaming", self.inside("client"))
        client.pair(host, HOST)
        self.stream = client.stream(HOST, "1280x720@60")
        self.display = self.stream.started(20)["display"]
        self.card = self.show_card()
        self.stream.say("wait 1")
        self.stream.mark()

    def judge(self, what: str, change) -> None:
        """Makes `change` in the middle of three seconds and says what the picture did."""
        self.stream.say("measure begin")
        self.stream.say("wait 1")
        self.stream.mark()
        change()
        self.stream.say("wait 2")
        self.stream.say("measure end")
        measured = self.stream.wait_for("measured", 20)
        gap = measured["longest_gap_ms"]
        print(f"{what}: no picture for {gap:.0f} ms, which is {gap * 60 / 1000:.0f} frames of 60 a second; {measured['fps']:.1f} fps over all", flush=True)
        self.assertLess(gap, LONGEST_GAP_MS)
        self.card.send_signal(signal.SIGUSR1)
        self.stream.say("wait 1.5")
        self.stream.mark()
        self.assert_same_picture(self.stream, self.display, (1280, 720))
        report = self.stream.goodbye()
        print(f"{what}: {report['frames_lost']} frames lost, {report['losses_repaired']} losses mended by reference, "
              f"{report['losses_restarted']} by keyframe", flush=True)

    def test_from_wifi_to_cable_when_the_link_goes_down(self):
        wifi, _ = self.wifi_and_cable()
        self.start()
        self.judge("link down", lambda: self.ip("client", "link", "set", wifi, "down"))

    def test_from_wifi_to_cable_when_the_address_goes(self):
        wifi, _ = self.wifi_and_cable()
        self.start()
        self.judge("address gone", lambda: self.ip("client", "address", "del", "10.78.1.2/24", "dev", wifi))

    def test_to_a_better_link_that_comes_up(self):
        wifi, cable = self.wifi_and_cable()
        self.ip("client", "link", "set", wifi, "down")
        self.start()

        def plug_in():
            self.ip("client", "link", "set", wifi, "up")
            self.ip("client", "route", "add", f"{HOST}/32", "via", "10.78.1.1", "dev", wifi, "metric", "100")

        self.judge("better link", plug_in)

    def test_a_router_that_forgets_which_port_was_whose(self):
        outer, _ = self.link("outer", 3, "router", "host")
        _, inner = self.link("inner", 4, "router", "client")
        self.ip("client", "route", "add", "default", "via", "10.78.4.1", "dev", inner)
        route = ("route", "add", f"{HOST}/32", "via", "10.78.3.2", "dev", outer)
        self.ip("router", *route)
        self.command(*self.inside("router"), "sysctl", "-qw", "net.ipv4.ip_forward=1")
        self.rules("router", f"table ip nat {{ chain out {{ type nat hook postrouting priority 100; oifname \"{outer}\" masquerade random\n}}\n}}")
        self.start()

        def forget():
            # A masquerade ends with its link; the next packet of the same stream gets another port.
            self.ip("router", "link", "set", outer, "down")
            self.ip("router", "link", "set", outer, "up")
            self.ip("router", *route)

        self.judge("new port", forget)

    def test_a_liar_who_repeats_packets_from_elsewhere_gets_no_media(self):
        wifi, _ = self.wifi_and_cable()
        _, liar_end = self.link("lie", 5, "host", "liar")
        self.ip("liar", "route", "add", f"{HOST}/32", "via", "10.78.5.1", "dev", liar_end)
        self.start()
        tap = self.stage.start("tap", [*self.inside("client"), sys.executable, "-c", TAP, wifi, str(PORT)], stdin=-1, stdout=-1)
        liar = self.stage.start("liar", [*self.inside("liar"), sys.executable, "-c", LIAR, HOST, str(PORT)], stdin=tap.stdout, stdout=-1)
        tap.stdout.close()

        def lie():
            # The client's own packets don't arrive, so that the liar's copies are new to the host.
            self.rules("host", "table inet cut { chain in { type filter hook input priority 0; ip saddr 10.78.1.2 counter drop\n}\n}")
            time.sleep(0.3)
            self.rules("host", "delete table inet cut")

        self.judge("liar", lie)
        self.stage.processes.end(tap)
        out, _ = liar.communicate(timeout=20)
        sums = json.loads(out)
        print(f"the liar sent {sums['packets_sent']} packets of {sums['bytes_sent']} bytes and got {sums['bytes_heard']} bytes, "
              f"{sums['media_heard']} of its packets media", flush=True)
        self.assertGreater(sums["packets_sent"], 20)
        self.assertEqual(sums["media_heard"], 0)
        self.assertLessEqual(sums["bytes_heard"], 3 * sums["bytes_sent"])


if __name__ == "__main__":
    run()
