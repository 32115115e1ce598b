"""Who may stream, and several at once."""
import signal

from scene import Client, Scene, run, until


class Clients(Scene):
    def test_two_clients_have_two_displays_and_do_not_disturb_each_other(self):
        first, second = self.paired_client("first"), self.paired_client("second")
        one = first.stream(self.host.address, "1280x720@60")
        one_display = one.started()["display"]
        card = self.show_card()  # on the first display, which has the focus
        two = second.stream(self.host.address, "800x600@60")
        two_display = two.started()["display"]
        self.assertNotEqual(one_display, two_display)
        self.assertEqual(self.stage.active_outputs(), {one_display: (1280, 720), two_display: (800, 600)})
        terminal = self.stage.start("terminal", ["foot", "--app-id", "terminal", "sh", "-c", "echo second; sleep 60"])
        self.stage.wait_for_window("terminal")
        rates = one.measure(3)["fps"]
        card.send_signal(signal.SIGUSR1)
        for stream in (one, two):
            stream.say("wait 1.2")
            stream.mark()
        psnr = [self.assert_same_picture(one, one_display, (1280, 720)), self.assert_same_picture(two, two_display, (800, 600))]
        self.stage.processes.end(terminal)  # or it would move to the first display and cover what is there
        two.goodbye()
        until(lambda: set(self.stage.active_outputs()) == {one_display}, 5, "the end of the second display alone")
        card.send_signal(signal.SIGUSR1)
        after = one.measure(2)["fps"]
        one.goodbye()
        self.stage.wait_until_empty()
        print(f"{rates:.0f} fps beside each other, {after:.0f} alone; {psnr[0]:.1f} and {psnr[1]:.1f} dB", flush=True)
        self.assertGreater(rates, 30)
        self.assertGreater(after, 30)

    def test_a_wrong_pin_costs_an_attempt_and_three_lock_the_right_one_out(self):
        client = Client(self.stage, "guesser")
        pin = self.host.json("pair")["pin"]
        wrong = str((int(pin) + 1) % 10 ** len(pin)).zfill(len(pin))
        for attempt in range(3):
            result = until(lambda: (r := client.run("pair", self.host.address, "--pin", wrong)) and "a second" not in r.stderr and r, 10,
                           "an answer to a wrong PIN")
            self.assertEqual(result.returncode, 4, result.stderr)
            self.assertIn("PIN is wrong", result.stderr)
        locked = until(lambda: (r := client.run("pair", self.host.address, "--pin", pin)) and "one attempt a second" not in r.stderr and r, 10,
                       "an answer to the right PIN")
        self.assertNotEqual(locked.returncode, 0)
        print(f"after three guesses: {locked.stderr.strip()}", flush=True)
        self.assertEqual(self.host.json("clients", "list")["clients"], [])

    def test_a_stranger_gets_nothing_but_pairing(self):
        stranger = Client(self.stage, "stranger")
        result = stranger.run("probe", self.host.address, "--seconds", "1")
        self.assertEqual(result.returncode, 4, result.stderr)
        self.assertIn("not paired", result.stderr)
        self.assertEqual(len(result.stderr.strip().splitlines()), 1, result.stderr)
        self.assertEqual(self.stage.active_outputs(), {})
        # No window is open either.
        refused = stranger.run("pair", self.host.address, "--pin", "123456")
        self.assertNotEqual(refused.returncode, 0)
        print(f"no window is open: {refused.stderr.strip()}", flush=True)

    def test_a_removed_client_is_out_at_once_and_stays_out(self):
        client = self.paired_client()
        stream = client.stream(self.host.address)
        stream.started()
        name = self.host.json("clients", "list")["clients"][0]["fingerprint"][:12]
        self.assertEqual(self.host.run("clients", "remove", name).returncode, 0)
        ended = stream.wait_for("ended", 5)
        print(f"the client says: {ended['text']}", flush=True)
        self.stage.wait_until_empty()
        self.assertNotEqual(stream.process.wait(10), 0)
        # It still trusts the host, which no longer knows it.
        again = client.run("probe", self.host.address, "--seconds", "1")
        self.assertEqual(again.returncode, 4, again.stderr)


if __name__ == "__main__":
    run()
