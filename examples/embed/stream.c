/* Streams from a host into a file: pairs if a PIN is given, connects, writes the video, moves the pointer, prints
 * figures.
 *
 *   cc stream.c $(pkg-config --cflags --libs punktfunk) -o stream
 *   ./stream FOLDER discover                              which hosts there are
 *   ./stream FOLDER ADDRESS pair PIN                      once
 *   ./stream FOLDER ADDRESS out.h264 SECONDS [WxH]        "-" writes to standard output
 *
 * FOLDER keeps this client's identity and the hosts that it knows. docs/embedding.md explains each step. */
#include <punktfunk/punktfunk.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEW(type) {.struct_size = sizeof(type)}

static int complain(const char* what, punktfunk_result result, const punktfunk_error* error) {
  fprintf(stderr, "%s: %s\n", what, error && error->text[0] ? error->text : punktfunk_result_text(result));
  return 1;
}

static int discover(const punktfunk_client* client) {
  punktfunk_error error = NEW(punktfunk_error);
  punktfunk_discovery* discovery;
  punktfunk_result result = punktfunk_discovery_start(client, NULL, NULL, &discovery, &error);
  if (result) return complain("discovery", result, &error);
  while (punktfunk_discovery_wait(discovery, 2000) == PUNKTFUNK_OK) {
  }
  punktfunk_found_host hosts[16] = {NEW(punktfunk_found_host)};
  size_t count = 16;
  result = punktfunk_discovery_state(discovery, &error);
  if (result) complain("discovery", result, &error);
  punktfunk_discovery_hosts(discovery, hosts, &count);
  for (size_t i = 0; i < count && i < 16; ++i)
    printf("%s at %s%s\n", hosts[i].name, hosts[i].address, hosts[i].paired ? ", paired" : "");
  punktfunk_discovery_stop(discovery);
  return 0;
}

static int pair(punktfunk_client* client, const char* address, const char* pin) {
  punktfunk_error error = NEW(punktfunk_error);
  punktfunk_peer host = NEW(punktfunk_peer);
  punktfunk_result result = punktfunk_client_pair(client, address, pin, NULL, &host, &error);
  if (result) return complain("pairing", result, &error);
  printf("paired with %s (%.16s)\n", host.name, host.fingerprint);
  return 0;
}

/* A host that is alive shows how it moves its pointer. */
static void wave(punktfunk_session* session, unsigned frame) {
  punktfunk_input input = NEW(punktfunk_input);
  input.kind = PUNKTFUNK_INPUT_POINTER_POSITION;
  input.data.position.x = (uint16_t)(frame * 500u);
  input.data.position.y = 32768;
  punktfunk_session_input(session, &input);
}

/* Says what happened; 1 when the session is over. */
static int follow_events(punktfunk_session* session) {
  punktfunk_session_event event = NEW(punktfunk_session_event);
  while (punktfunk_session_next_event(session, 0, &event) == PUNKTFUNK_OK) {
    if (event.kind == PUNKTFUNK_SESSION_EVENT_RUMBLE)
      fprintf(stderr, "gamepad %u rumbles: %u\n", event.rumble.pad, event.rumble.low);
    if (event.kind == PUNKTFUNK_SESSION_EVENT_ENDED) {
      fprintf(stderr, "the session is over: %s\n", event.text);
      return 1;
    }
  }
  return 0;
}

static void print_figures(const punktfunk_session* session, uint64_t bytes, uint64_t latency_us, unsigned units,
                          unsigned packets) {
  punktfunk_session_stats stats = NEW(punktfunk_session_stats);
  punktfunk_session_stats_get(session, &stats);
  fprintf(stderr, "%u units, %llu bytes, %u packets of sound; %llu frames recovered, %llu lost\n", units,
          (unsigned long long)bytes, packets, (unsigned long long)stats.frames_recovered,
          (unsigned long long)stats.frames_lost);
  if (stats.clock_known && units)
    fprintf(stderr, "clock offset %lld us, round trip %llu us, capture to here %llu us\n",
            (long long)stats.clock_offset_us, (unsigned long long)stats.round_trip_us,
            (unsigned long long)(latency_us / units));
}

static int receive(punktfunk_session* session, FILE* out, uint64_t seconds) {
  const uint64_t until = punktfunk_now() + seconds * 1000000u;
  uint64_t bytes = 0, latency_us = 0;
  unsigned units = 0, packets = 0;
  int over = 0;
  while (!over && punktfunk_now() < until) {
    punktfunk_video_unit unit = NEW(punktfunk_video_unit);
    const punktfunk_result result = punktfunk_session_next_video(session, 100, &unit);
    if (result == PUNKTFUNK_OK) {
      fwrite(unit.data, 1, unit.size, out);
      bytes += unit.size;
      if (unit.captured_at) latency_us += unit.complete_at - unit.captured_at;
      punktfunk_video_unit_release(&unit);
      wave(session, ++units);
    }
    punktfunk_audio_packet packet = NEW(punktfunk_audio_packet);
    while (punktfunk_session_next_audio(session, 0, &packet) == PUNKTFUNK_OK) {
      ++packets; /* for an Opus decoder */
      punktfunk_audio_packet_release(&packet);
    }
    over = follow_events(session) || result == PUNKTFUNK_ERROR_CLOSED;
  }
  print_figures(session, bytes, latency_us, units, packets);
  return units ? 0 : 1;
}

static int stream(punktfunk_client* client, const char* address, const char* file, const char* seconds,
                  const char* size) {
  punktfunk_error error = NEW(punktfunk_error);
  punktfunk_connect_options options = NEW(punktfunk_connect_options);
  options.address = address;
  options.mode.width = 1280;
  options.mode.height = 720;
  options.mode.refresh_millihertz = 60000;
  if (size && sscanf(size, "%ux%u", &options.mode.width, &options.mode.height) != 2)
    return complain("the size", PUNKTFUNK_ERROR_INVALID_ARGUMENT, NULL);
  FILE* out = strcmp(file, "-") ? fopen(file, "wb") : stdout;
  if (!out) return complain(file, PUNKTFUNK_ERROR_IO, NULL);

  punktfunk_session* session;
  punktfunk_result result = punktfunk_client_connect(client, &options, NULL, &session, &error);
  int status = 1;
  if (result) {
    complain("connecting", result, &error);
  } else {
    punktfunk_session_info info = NEW(punktfunk_session_info);
    punktfunk_session_info_get(session, &info);
    fprintf(stderr, "%s streams %ux%u at %llu bit/s, %s sound\n", info.host_name, info.mode.width, info.mode.height,
            (unsigned long long)info.bitrate, info.audio_on ? "with" : "without");
    status = receive(session, out, strtoull(seconds, NULL, 10));
    punktfunk_session_destroy(session);
  }
  if (out != stdout) fclose(out);
  return status;
}

int main(int argc, char** argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: %s FOLDER discover | ADDRESS pair PIN | ADDRESS FILE SECONDS [WxH]\n", argv[0]);
    return 2;
  }
  punktfunk_error error = NEW(punktfunk_error);
  punktfunk_client_options options = NEW(punktfunk_client_options);
  options.name = "embedding example";
  options.state_folder = argv[1];
  punktfunk_client* client;
  const punktfunk_result result = punktfunk_client_create(&options, &client, &error);
  if (result) return complain("the client's folder", result, &error);
  int status = 2;
  if (argc == 3 && !strcmp(argv[2], "discover"))
    status = discover(client);
  else if (argc == 5 && !strcmp(argv[3], "pair"))
    status = pair(client, argv[2], argv[4]);
  else if (argc == 5 || argc == 6)
    status = stream(client, argv[2], argv[3], argv[4], argc == 6 ? argv[5] : NULL);
  punktfunk_client_destroy(client);
  return status;
}
