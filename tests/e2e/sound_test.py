"""What the desktop plays is what the client hears: pitch, channel, silence."""
from scene import Scene, evidence, run


class Stereo(Scene):
    def test_each_side_keeps_its_pitch_and_silence_is_silent(self):
        client = self.paired_client()
        tone = self.stage.work / "tone.wav"
        evidence.write_tones(tone, 4, (440.0, 660.0))
        stream = client.stream(self.host.address, "640x480@30")
        stream.started()
        player = self.stage.start("tone", ["pw-play", tone])
        stream.say("wait 3")
        stream.mark()
        self.stage.processes.end(player)
        stream.say("wait 2.5")
        stream.mark()
        stream.goodbye()
        recording = stream.out / "session.mkv"
        left, right = evidence.channels_of(recording, 1.5)
        own = evidence.tone_share(left, 440), evidence.tone_share(right, 660)
        other = evidence.tone_share(left, 660), evidence.tone_share(right, 440)
        print(f"440 Hz is {own[0]:.0%} of the left, 660 Hz {own[1]:.0%} of the right", flush=True)
        self.assertGreater(min(own), 0.9)
        self.assertLess(max(other), 0.05)
        end = evidence.recording_facts(recording)["seconds"]
        loud = evidence.loudness(left)
        quiet = max(evidence.loudness(c) for c in evidence.channels_of(recording, end - 1.2))
        print(f"loudness {loud:.3f} while it plays, {quiet:.6f} afterwards", flush=True)
        self.assertAlmostEqual(loud, 12000 / 32768 / 2**0.5, delta=0.02)
        self.assertLess(quiet, 0.0005)


class Surround(Scene):
    """A pitch of its own in every channel of the session's sink."""

    PITCHES = {"FL": 300.0, "FR": 1100.0, "FC": 600.0, "LFE": 80.0, "RL": 500.0, "RR": 1700.0, "SL": 900.0, "SR": 2300.0}

    def check_places(self, layout: str) -> None:
        names = list(self.PITCHES)[: self.CHANNELS]
        pitches = [self.PITCHES[name] for name in names]
        client = self.paired_client()
        tone = self.stage.work / "tone.wav"
        evidence.write_tones(tone, 6, tuple(pitches))
        stream = client.stream(self.host.address, "640x480@30", extra=("--channels", str(self.CHANNELS)))
        stream.started()
        self.stage.start("tone", ["pw-play", "--channel-map", layout, tone])
        stream.say("wait 3")
        stream.mark()
        stream.goodbye()
        channels = evidence.channels_of(stream.out / "session.mkv", 1.5)
        self.assertEqual(len(channels), self.CHANNELS)
        for name, hertz, samples in zip(names, pitches, channels):
            share = evidence.tone_share(samples, hertz)
            print(f"{name}: {hertz:.0f} Hz is {share:.0%} of it, loudness {evidence.loudness(samples):.2f}", flush=True)
            self.assertLess(max(evidence.tone_share(samples, h) for h in pitches if h != hertz), 0.1, name)
            self.assertAlmostEqual(evidence.loudness(samples), 0.26, delta=0.05)
            # Of the deep channel, Opus keeps the loudness and a band of 200 Hz, which smears a tone.
            if name != "LFE":
                self.assertGreater(share, 0.9, name)


class Surround51(Surround):
    CHANNELS = 6

    def test_six_channels_keep_their_places(self):
        self.check_places("surround-51")


class Surround71(Surround):
    CHANNELS = 8

    def test_eight_channels_keep_their_places(self):
        self.check_places("surround-71")


if __name__ == "__main__":
    run()
