"""The demonstration's figures as a table, and what in them is not good enough."""

LEAST_PSNR_DB = 30.0
LEAST_FPS_SHARE = 0.9


def shortfalls(report: dict) -> list[str]:
    found = []
    if report["psnr_db"] < LEAST_PSNR_DB:
        found.append(f"the client's picture differs from the compositor's: {report['psnr_db']} dB, at least {LEAST_PSNR_DB} are wanted")
    if not report["audio_ok"]:
        found.append(f"the tone did not arrive: its share of the recorded sound is {report['tone_share']}")
    if not report["input_ok"]:
        found.append("what the client typed did not reach the terminal")
    if not report["display_removed"]:
        found.append("the virtual display is still there after goodbye")
    if report["fps_delivered"] < LEAST_FPS_SHARE * report["fps_asked"]:
        found.append(f"only {report['fps_delivered']:.1f} of {report['fps_asked']:.0f} frames per second arrived")
    recording = report["recording"]
    if not (recording["decodes"] and recording["video"] and recording["audio"]):
        found.append("the recording does not decode as video and sound")
    return found


def _rows(report: dict, first_mode: str, second_mode: str) -> list[tuple[str, str]]:
    latency = report["latency_ms"]
    yes = lambda value: "yes" if value else "NO"
    return [
        ("time to first frame", f"{report['time_to_first_frame_ms']:.0f} ms"),
        ("frames per second", f"{report['fps_delivered']:.1f} of {report['fps_asked']:.0f} asked ({first_mode})"),
        ("change of mode", f"{report['reconfigure_ms']:.0f} ms to the first frame of {second_mode}"),
        ("end to end", f"p50 {latency['p50']:.1f} ms, p99 {latency['p99']:.1f} ms, max {latency['max']:.1f} ms (presented to decoded)"),
        ("bitrate", f"{report['bitrate_mbps']:.1f} Mbit/s of video"),
        ("packets", f"{report['packets_sent']} sent, {report['packets_lost']} lost"),
        ("frames", f"{report['frames_recovered']} recovered by parity, {report['frames_lost']} lost"),
        ("host", f"{report['host_cpu_percent']:.0f}% of one core, {report['host_rss_mib']:.0f} MiB"),
        ("picture", f"{report['psnr_db']:.1f} dB PSNR against the compositor's own"),
        ("sound", f"{yes(report['audio_ok'])}: {report['tone_share'] * 100:.0f}% of it is the tone that was played"),
        ("typed keys arrived", yes(report["input_ok"])),
        ("display gone after goodbye", yes(report["display_removed"])),
    ]


def table(report: dict, first_mode: str, second_mode: str) -> str:
    lines = ["", f"{'stage':<14}{'p50':>10}{'p99':>10}{'max':>10}   microseconds", "-" * 59]
    for name, figures in report["stages"].items():
        lines.append(f"{name:<14}{figures['p50_us']:>10}{figures['p99_us']:>10}{figures['max_us']:>10}")
    lines.append("")
    lines += [f"{name:<28}{text}" for name, text in _rows(report, first_mode, second_mode)]
    lines.append("")
    return "\n".join(lines)
