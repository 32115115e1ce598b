/* A host that plays an H.264 file (Annex B) to whoever has paired, over and over.
 *
 *   cc host.c $(pkg-config --cflags --libs punktfunk) -o host
 *   ./host FILE ADDRESS [PIN]            such as ./host film.h264 0.0.0.0:47900 4711 */
#include <punktfunk/punktfunk.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NEW(type) {.struct_size = sizeof(type)}
#define FRAME_US 16667u

typedef struct film {
  uint8_t* data;
  size_t size;
  size_t at;
} film;

static int load(film* film, const char* name) {
  FILE* file = fopen(name, "rb");
  if (!file || fseek(file, 0, SEEK_END)) return 0;
  film->size = (size_t)ftell(file);
  film->data = malloc(film->size + 1);
  rewind(file);
  const int whole = film->data && fread(film->data, 1, film->size, file) == film->size;
  fclose(file);
  return whole && film->size > 5;
}

/* Where the next NAL unit's start code begins, from `at` on. */
static size_t next_nal(const film* film, size_t at) {
  for (; at + 4 < film->size; ++at)
    if (!film->data[at] && !film->data[at + 1] && film->data[at + 2] == 1) return at;
  return film->size;
}

/* The access unit at the film's place: up to the first NAL after its picture that begins another (H.264, 7.4.1.2.3). */
static const uint8_t* next_unit(film* film, size_t* size, uint8_t* keyframe) {
  const size_t start = next_nal(film, film->at);
  size_t at = start;
  int picture = 0;
  *keyframe = 0;
  while (at < film->size) {
    const int type = film->data[at + 3] & 31;
    const int slice = type == 1 || type == 5;
    const int begins = slice ? film->data[at + 4] & 0x80 : type >= 6 && type <= 9;
    if (picture && begins) break;
    picture |= slice;
    *keyframe |= type == 5;
    at = next_nal(film, at + 3);
  }
  *size = at - start;
  film->at = at < film->size ? at : 0;
  return film->data + start;
}

/* Whom the film is shown to; one at a time is enough for an example. */
typedef struct show {
  uint64_t session;
  punktfunk_mode mode;
  int playing;
} show;

static void on_event(punktfunk_host* host, const punktfunk_host_event* event, show* show, film* film) {
  switch (event->kind) {
    case PUNKTFUNK_HOST_EVENT_LOG: fprintf(stderr, "%s\n", event->text); break;
    case PUNKTFUNK_HOST_EVENT_SESSION_WANTED:
      if (show->playing && show->session != event->session) {
        punktfunk_host_refuse(host, event->session, "The film is being shown to somebody else");
        break;
      }
      show->session = event->session;
      show->mode = event->mode;
      show->playing = 1;
      punktfunk_host_accept(host, event->session);
      break;
    case PUNKTFUNK_HOST_EVENT_MODE_WANTED: punktfunk_host_refuse(host, event->session, "A film has one size"); break;
    case PUNKTFUNK_HOST_EVENT_KEYFRAME_WANTED: film->at = 0; break;
    case PUNKTFUNK_HOST_EVENT_SESSION_PAUSED:
    case PUNKTFUNK_HOST_EVENT_SESSION_ENDED: show->playing &= show->session != event->session; break;
    default: break; /* input and the rest don't change a film */
  }
}

int main(int argc, char** argv) {
  film film = {0};
  if (argc < 3 || !load(&film, argv[1])) {
    fprintf(stderr, "usage: %s FILE ADDRESS [PIN]; FILE is H.264 in Annex B\n", argv[0]);
    return 2;
  }
  punktfunk_error error = NEW(punktfunk_error);
  punktfunk_host_options options = NEW(punktfunk_host_options);
  options.name = "film";
  options.address = argv[2];
  punktfunk_host* host;
  if (punktfunk_host_create(&options, &host, &error)) {
    fprintf(stderr, "%s\n", error.text);
    return 1;
  }
  char address[PUNKTFUNK_ADDRESS_SIZE], pin[16];
  size_t size = sizeof(address);
  punktfunk_host_address(host, address, &size);
  if (punktfunk_host_open_pairing(host, argc > 3 ? argv[3] : NULL, 3600, pin, &error)) {
    fprintf(stderr, "%s\n", error.text);
    punktfunk_host_destroy(host);
    return 1;
  }
  printf("listens at %s, PIN %s\n", address, pin);
  fflush(stdout);

  show show = {0};
  uint64_t next = punktfunk_now();
  for (;;) {
    const uint64_t now = punktfunk_now();
    punktfunk_host_event event = NEW(punktfunk_host_event);
    if (punktfunk_host_next_event(host, next > now ? (uint32_t)((next - now) / 1000) : 0, &event) == PUNKTFUNK_OK)
      on_event(host, &event, &show, &film);
    if (punktfunk_now() < next) continue;
    next += FRAME_US;
    if (!show.playing) continue;
    punktfunk_host_unit unit = NEW(punktfunk_host_unit);
    unit.data = next_unit(&film, &unit.size, &unit.keyframe);
    unit.width = show.mode.width;
    unit.height = show.mode.height;
    punktfunk_host_submit_video(host, show.session, &unit);
  }
}
