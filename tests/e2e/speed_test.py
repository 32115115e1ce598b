"""The speed test over a link between namespaces whose rate the kernel limits."""
import json
import subprocess

from scene import Client, Host, Scene, needs, run

TOLERANCE = 0.15


class Speed(Scene):
    def setUp(self) -> None:
        super().setUp()
        needs(ip="iproute2", tc="iproute2", ethtool="ethtool")
        self.stage.processes.end(self.host.process)
        tag = self.stage.work.name[-6:]
        self.near, self.far = f"pf-fast-{tag}", f"pf-slow-{tag}"
        for space in (self.near, self.far):
            self.command("ip", "netns", "add", space)
            self.addCleanup(subprocess.run, ["ip", "netns", "del", space], check=False)
        self.command("ip", "link", "add", "pf0", "netns", self.near, "type", "veth", "peer", "name", "pf1", "netns", self.far)
        for space, link, last in ((self.near, "pf0", 1), (self.far, "pf1", 2)):
            self.command("ip", "-n", space, "address", "add", f"10.79.0.{last}/24", "dev", link)
            self.command("ip", "netns", "exec", space, "ethtool", "-K", link, "tx-udp-segmentation", "off", "gro", "off")
            self.command("ip", "-n", space, "link", "set", link, "up")
            self.command("ip", "-n", space, "link", "set", "lo", "up")
        self.fast = Host(self.stage, "fast", listen="10.79.0.1:47900", wrapper=["ip", "netns", "exec", self.near]).start()

    def command(self, *words: str) -> None:
        done = subprocess.run(words, capture_output=True, text=True, timeout=20, check=False)
        self.assertEqual(done.returncode, 0, f"{' '.join(words)}: {done.stderr}")

    def limit(self, mbit: int) -> None:
        self.command("tc", "-n", self.near, "qdisc", "replace", "dev", "pf0", "root", "tbf", "rate", f"{mbit}mbit", "burst", "16kb", "latency", "50ms")

    def measure(self, client: Client) -> dict:
        done = client.run("speed", "10.79.0.1", "--seconds", "4", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_what_the_kernel_lets_through_is_what_is_measured(self):
        client = Client(self.stage, "slow", ["ip", "netns", "exec", self.far])
        self.assertEqual(client.run("speed", "10.79.0.1").returncode, 4, "a client that is not paired")
        client.pair(self.fast, "10.79.0.1")
        for mbit in (10, 40):
            with self.subTest(mbit=mbit):
                self.limit(mbit)
                measured = self.measure(client)
                print(f"{mbit} Mbit/s: measured {measured['capacity_mbps']}, suggests {measured['suggested_bitrate_mbps']}, loses {measured['loss']:.1%} there, "
                      f"queue {measured['queue_ms']} ms, round trip {measured['round_trip_ms']} and {measured['loaded_round_trip_ms']} ms busy", flush=True)
                self.assertTrue(measured["capacity_reached"])
                self.assertLess(abs(measured["capacity_mbps"] - mbit), TOLERANCE * mbit)
                self.assertLess(measured["suggested_bitrate_mbps"], 0.75 * mbit)
                self.assertGreater(measured["suggested_bitrate_mbps"], 0.5 * mbit)
                self.assertGreater(measured["queue_ms"], 10)
        self.assertEqual(self.stage.active_outputs(), {})


if __name__ == "__main__":
    run()
