"""Virtual displays and their pixels: any mode, changed in mid-stream, gone afterwards."""
import signal

from scene import Scene, run

MODES = ["320x200@30", "1280x720@60", "1366x768@75", "1921x1081@50", "2560x1440@60"]


def size_of(mode: str) -> tuple[int, int]:
    width, height = mode.split("@")[0].split("x")
    return int(width), int(height)


class Display(Scene):
    def test_each_mode_is_shown_pixel_for_pixel(self):
        client = self.paired_client()
        for mode in MODES:
            with self.subTest(mode=mode):
                stream = client.stream(self.host.address, mode)
                display = stream.started()["display"]
                self.assertEqual(self.stage.active_outputs(), {display: size_of(mode)})
                card = self.show_card()
                stream.say("wait 0.7")
                stream.mark()
                card.send_signal(signal.SIGUSR1)
                stream.say("wait 1.2")
                stream.mark()
                psnr = self.assert_same_picture(stream, display, size_of(mode))
                self.stage.processes.end(card)
                stream.goodbye()
                seconds = self.stage.wait_until_empty()
                print(f"{mode}: {psnr:.1f} dB, display gone after {seconds:.2f} s", flush=True)

    def test_a_mode_changes_in_mid_stream_and_back(self):
        client = self.paired_client()
        stream = client.stream(self.host.address, "1280x720@60")
        display = stream.started()["display"]
        card = self.show_card()
        for mode in ("1921x1081@60", "640x480@30", "1280x720@60"):
            stream.say(f"reconfigure {mode}")
            changed = stream.wait_for("reconfigured", 20)
            self.assertTrue(changed["accepted"], changed)
            self.assertEqual(self.stage.active_outputs(), {display: size_of(mode)})
            print(f"{mode} after {changed['ms']:.0f} ms", flush=True)
        card.send_signal(signal.SIGUSR1)
        stream.say("wait 1.5")
        stream.mark()
        self.assert_same_picture(stream, display, (1280, 720))
        stream.goodbye()
        self.stage.wait_until_empty()

    def test_the_largest_mode_is_there_and_larger_ones_are_refused(self):
        client = self.paired_client()
        stream = client.stream(self.host.address, "7680x4320@30")
        started = stream.started(40)
        self.assertEqual(self.stage.active_outputs(), {started["display"]: (7680, 4320)})
        print(f"7680x4320: first frame after {started['first_frame_ms']:.0f} ms", flush=True)
        stream.goodbye()
        self.stage.wait_until_empty()
        for mode in ("7682x4320@30", "318x200@60", "1280x720@0", "big"):
            refused = client.run("probe", self.host.address, "--mode", mode, "--seconds", "1")
            self.assertNotEqual(refused.returncode, 0, mode)
            self.assertEqual(len(refused.stderr.strip().splitlines()), 1, refused.stderr)
        self.assertEqual(self.stage.active_outputs(), {})


if __name__ == "__main__":
    run()
