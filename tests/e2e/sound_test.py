"""What the desktop plays is what the client hears: pitch, channel, silence."""
from scene import Scene, evidence, run

POSITIONS_51 = (300.0, 1100.0, 600.0, 80.0, 500.0, 1700.0)  # a pitch for FL FR FC LFE RL RR


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
        self.assertLess(max(other), 0.02)
        end = evidence.recording_facts(recording)["seconds"]
        loud = evidence.loudness(left)
        quiet = max(evidence.loudness(c) for c in evidence.channels_of(recording, end - 1.2))
        print(f"loudness {loud:.3f} while it plays, {quiet:.6f} afterwards", flush=True)
        self.assertAlmostEqual(loud, 12000 / 32768 / 2**0.5, delta=0.02)
        self.assertLess(quiet, 0.0005)


class Surround(Scene):
    CHANNELS = 6

    def test_six_channels_keep_their_places(self):
        client = self.paired_client()
        tone = self.stage.work / "tone.wav"
        evidence.write_tones(tone, 6, POSITIONS_51)
        stream = client.stream(self.host.address, "640x480@30", extra=("--channels", "6"))
        stream.started()
        self.stage.start("tone", ["pw-play", "--channel-map", "surround-51", tone])
        stream.say("wait 3")
        stream.mark()
        stream.goodbye()
        channels = evidence.channels_of(stream.out / "session.mkv", 1.5)
        self.assertEqual(len(channels), 6)
        for name, hertz, samples in zip(("FL", "FR", "FC", "LFE", "RL", "RR"), POSITIONS_51, channels):
            share = evidence.tone_share(samples, hertz)
            print(f"{name}: {hertz:.0f} Hz is {share:.0%} of it", flush=True)
            # Pure tones are what a codec with frames of 5 ms does least well; on a wrong channel there is none of it.
            self.assertGreater(share, 0.6, name)
            self.assertLess(max(evidence.tone_share(samples, h) for h in POSITIONS_51 if h != hertz), 0.1, name)


if __name__ == "__main__":
    run()
