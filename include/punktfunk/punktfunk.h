/* punktfunk: low-latency desktop and game streaming, for programs that embed it. C11 and C++17. docs/embedding.md walks
 * through it; docs/protocol.md is what goes over the wire.
 *
 * Threads. Every function may be called on any thread, and several at once on one handle, except that a handle is
 * destroyed by one thread when no other uses it. Callbacks run on threads of the library's: they hand over and return,
 * and must neither destroy the handle that they belong to nor call a function that is said to block. They may run
 * before the function that they were given to has returned: what it hands out is not there yet then. Once the function
 * that ends the handle has returned, none runs any more. No function may be called in a signal's handler.
 *
 * Ownership. What a *_create, *_start or *_connect function hands out belongs to the caller, who gives it to the
 * function that ends it; NULL is let pass there. Pointers in a struct that is handed in are read during the call and
 * not kept.
 *
 * Structs. Each that a function takes or fills in begins with struct_size, which the caller sets to sizeof; those that
 * only stand inside of others (a mode, a key, ...) have none, and stay as they are for ever, and so does
 * punktfunk_input, which stands inside of punktfunk_host_event. A member that is 0 has its default, and one that is
 * called reserved is 0. A struct of an older header is taken, and what it lacks has its default; one of a newer header
 * is taken when what this library does not know of is 0, and refused with PUNKTFUNK_ERROR_NEWER_STRUCT otherwise. Of a
 * struct that is filled in, the library writes what both know and sets the rest to 0. A struct_size that is smaller
 * than the struct ever was, or above 4,096, which no struct will be, is PUNKTFUNK_ERROR_INVALID_ARGUMENT. In an array,
 * struct_size of the first element counts for all.
 *
 * Text is UTF-8. Text that came from the other side may hold anything else that UTF-8 can say: escape it before use.
 * Times are microseconds, of the local monotonic clock unless said otherwise.
 *
 * Errors. Every function that returns a result may return INVALID_ARGUMENT, OUT_OF_MEMORY and INTERNAL, one that takes
 * a struct also NEWER_STRUCT; its comment names the others. What is handed out is untouched then, unless said
 * otherwise.
 *
 * There is no global state, and nothing is written to standard output or error. */
#ifndef PUNKTFUNK_PUNKTFUNK_H
#define PUNKTFUNK_PUNKTFUNK_H

#include <stddef.h>
#include <stdint.h>

#if defined(PUNKTFUNK_STATIC)
#define PUNKTFUNK_API
#elif defined(_WIN32) && defined(PUNKTFUNK_BUILDS)
#define PUNKTFUNK_API __declspec(dllexport)
#elif defined(_WIN32)
#define PUNKTFUNK_API __declspec(dllimport)
#elif defined(__GNUC__)
#define PUNKTFUNK_API __attribute__((visibility("default")))
#else
#define PUNKTFUNK_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* --- versions and errors --- */

/* Grows by one with each addition. From the first release on, what changes or takes away anything gets another soname
 * as well. */
#define PUNKTFUNK_ABI_VERSION 5u

/* That of the library in use, which may be newer or older than the header. */
PUNKTFUNK_API uint32_t punktfunk_abi_version(void);
/* Of the software, such as "0.1.0". */
PUNKTFUNK_API const char* punktfunk_version(void);

/* What every function that may fail returns: 0, or one of these. */
typedef int32_t punktfunk_result;
enum {
  PUNKTFUNK_OK = 0,
  PUNKTFUNK_ERROR_INVALID_ARGUMENT = -1, /* NULL, out of bounds, no UTF-8, a struct that is too small */
  PUNKTFUNK_ERROR_NEWER_STRUCT = -2,     /* a struct has members that this library does not know */
  PUNKTFUNK_ERROR_MALFORMED = -3,        /* a file or a message does not follow its form */
  PUNKTFUNK_ERROR_UNSUPPORTED = -4,
  PUNKTFUNK_ERROR_UNAUTHENTICATED = -5, /* a wrong PIN, another certificate than the known one, not paired */
  PUNKTFUNK_ERROR_REFUSED = -6,
  PUNKTFUNK_ERROR_NOT_FOUND = -7,
  PUNKTFUNK_ERROR_PERMISSION = -8,
  PUNKTFUNK_ERROR_BUSY = -9,
  PUNKTFUNK_ERROR_TIMEOUT = -10, /* the time is over; with functions that wait for news: there was none */
  PUNKTFUNK_ERROR_CLOSED = -11,  /* the other side is gone, or the session is over */
  PUNKTFUNK_ERROR_EXHAUSTED = -12,
  PUNKTFUNK_ERROR_IO = -13,
  PUNKTFUNK_ERROR_CANCELLED = -14,
  PUNKTFUNK_ERROR_BUFFER = -15, /* the buffer is too small; its size is set to what is needed */
  PUNKTFUNK_ERROR_OUT_OF_MEMORY = -16,
  PUNKTFUNK_ERROR_INTERNAL = -17
};
/* A few words for a result; never NULL. */
PUNKTFUNK_API const char* punktfunk_result_text(punktfunk_result result);

/* Where a function takes one, and it is not NULL, every failure leaves its result and a sentence for the user in it,
 * but for one that is due to its own struct_size. */
typedef struct punktfunk_error {
  uint32_t struct_size;
  punktfunk_result result;
  char text[504];
} punktfunk_error;

/* Calls a blocking function off, from another thread. May be used for several calls; once triggered, it stays so. It
 * takes locks, so a program that ends on a signal triggers it on a thread that waits for that (sigwait, or a pipe that
 * the signal's handler writes to). */
typedef struct punktfunk_cancel punktfunk_cancel;
PUNKTFUNK_API punktfunk_result punktfunk_cancel_create(punktfunk_cancel** cancel);
PUNKTFUNK_API void punktfunk_cancel_trigger(punktfunk_cancel* cancel);
PUNKTFUNK_API void punktfunk_cancel_destroy(punktfunk_cancel* cancel);

/* Now, by the clock that all local times are of. */
PUNKTFUNK_API uint64_t punktfunk_now(void);

/* --- what both sides share --- */

enum { PUNKTFUNK_CODEC_H264 = 1, PUNKTFUNK_CODEC_HEVC = 2, PUNKTFUNK_CODEC_AV1 = 3 };

typedef struct punktfunk_mode {
  uint32_t width;              /* pixels, 320 to 7,680 */
  uint32_t height;             /* 200 to 4,320 */
  uint32_t refresh_millihertz; /* 1,000 to 500,000 */
} punktfunk_mode;

#define PUNKTFUNK_FINGERPRINT_SIZE 65 /* SHA-256 in hexadecimal digits, and the 0 behind them */
#define PUNKTFUNK_NAME_SIZE 132
#define PUNKTFUNK_ADDRESS_SIZE 80

/* Somebody who has proved a PIN. */
typedef struct punktfunk_peer {
  uint32_t struct_size;
  char name[PUNKTFUNK_NAME_SIZE];
  char address[PUNKTFUNK_ADDRESS_SIZE]; /* of a host: where it was paired; of a client: empty */
  char fingerprint[PUNKTFUNK_FINGERPRINT_SIZE];
  uint8_t reserved[7];
  int64_t paired_at; /* Unix seconds */
} punktfunk_peer;

enum {
  PUNKTFUNK_INPUT_KEY = 1,
  PUNKTFUNK_INPUT_BUTTON = 2,
  PUNKTFUNK_INPUT_WHEEL = 3,
  PUNKTFUNK_INPUT_TEXT = 4,
  PUNKTFUNK_INPUT_RELEASE_ALL = 5, /* let go of everything that is held down */
  PUNKTFUNK_INPUT_TOUCH = 6,
  PUNKTFUNK_INPUT_PEN = 7,
  PUNKTFUNK_INPUT_GAMEPAD_ARRIVAL = 8,
  PUNKTFUNK_INPUT_GAMEPAD_REMOVAL = 9,
  PUNKTFUNK_INPUT_GAMEPAD = 10,
  PUNKTFUNK_INPUT_GAMEPAD_BATTERY = 11,
  PUNKTFUNK_INPUT_GAMEPAD_MOTION = 12,
  PUNKTFUNK_INPUT_POINTER_MOTION = 13,   /* relative */
  PUNKTFUNK_INPUT_POINTER_POSITION = 14, /* absolute */
  PUNKTFUNK_INPUT_GAMEPAD_TOUCH = 15     /* on a gamepad's touchpad */
};

/* Codes are those of Linux's input-event-codes.h: KEY_* name places on the keyboard, BTN_* buttons. */
typedef struct punktfunk_key {
  uint16_t code;
  uint8_t pressed;
  uint8_t reserved;
} punktfunk_key;

typedef struct punktfunk_wheel {
  int32_t vertical; /* 1/120 of a notch; positive is up and right */
  int32_t horizontal;
} punktfunk_wheel;

typedef struct punktfunk_pointer_motion {
  int32_t dx; /* 1/16 pixel; positive is right and down */
  int32_t dy;
} punktfunk_pointer_motion;

typedef struct punktfunk_pointer_position {
  uint16_t x; /* 0 is the display's left edge, 65,535 its right */
  uint16_t y;
} punktfunk_pointer_position;

enum { PUNKTFUNK_TOUCH_DOWN = 1, PUNKTFUNK_TOUCH_MOVE = 2, PUNKTFUNK_TOUCH_UP = 3, PUNKTFUNK_TOUCH_CANCEL = 4 };

typedef struct punktfunk_touch {
  uint32_t contact; /* the caller's number for the finger; at most 16 are down at once */
  uint16_t x;       /* as punktfunk_pointer_position's */
  uint16_t y;
  uint16_t pressure; /* 65,535 where the screen measures none */
  uint8_t phase;
  uint8_t reserved;
} punktfunk_touch;

enum {
  PUNKTFUNK_PEN_IN_RANGE = 0x01,
  PUNKTFUNK_PEN_TOUCHING = 0x02,
  PUNKTFUNK_PEN_ERASER = 0x04,
  PUNKTFUNK_PEN_FIRST_BUTTON = 0x08,
  PUNKTFUNK_PEN_SECOND_BUTTON = 0x10
};

typedef struct punktfunk_pen {
  uint16_t x; /* as punktfunk_pointer_position's */
  uint16_t y;
  uint16_t pressure; /* 65,535 is as hard as it gets */
  uint16_t twist;    /* degrees clockwise, 0 to 359 */
  int8_t tilt_x;     /* degrees from upright, -90 to 90, to the right */
  int8_t tilt_y;     /* towards the user */
  uint8_t flags;
  uint8_t reserved;
} punktfunk_pen;

enum {
  PUNKTFUNK_GAMEPAD_UNKNOWN = 0,
  PUNKTFUNK_GAMEPAD_XBOX = 1,
  PUNKTFUNK_GAMEPAD_PLAYSTATION = 2,
  PUNKTFUNK_GAMEPAD_NINTENDO = 3
};
enum {
  PUNKTFUNK_GAMEPAD_HAS_ANALOG_TRIGGERS = 0x01,
  PUNKTFUNK_GAMEPAD_HAS_RUMBLE = 0x02,
  PUNKTFUNK_GAMEPAD_HAS_TRIGGER_RUMBLE = 0x04,
  PUNKTFUNK_GAMEPAD_HAS_TOUCHPAD = 0x08,
  PUNKTFUNK_GAMEPAD_HAS_ACCELERATION = 0x10,
  PUNKTFUNK_GAMEPAD_HAS_GYROSCOPE = 0x20,
  PUNKTFUNK_GAMEPAD_HAS_BATTERY = 0x40,
  PUNKTFUNK_GAMEPAD_HAS_LIGHT = 0x80
};
/* XInput's, and those that GameStream adds. */
enum {
  PUNKTFUNK_BUTTON_UP = 0x0001,
  PUNKTFUNK_BUTTON_DOWN = 0x0002,
  PUNKTFUNK_BUTTON_LEFT = 0x0004,
  PUNKTFUNK_BUTTON_RIGHT = 0x0008,
  PUNKTFUNK_BUTTON_START = 0x0010,
  PUNKTFUNK_BUTTON_BACK = 0x0020,
  PUNKTFUNK_BUTTON_LEFT_STICK = 0x0040,
  PUNKTFUNK_BUTTON_RIGHT_STICK = 0x0080,
  PUNKTFUNK_BUTTON_LEFT_SHOULDER = 0x0100,
  PUNKTFUNK_BUTTON_RIGHT_SHOULDER = 0x0200,
  PUNKTFUNK_BUTTON_GUIDE = 0x0400,
  PUNKTFUNK_BUTTON_A = 0x1000,
  PUNKTFUNK_BUTTON_B = 0x2000,
  PUNKTFUNK_BUTTON_X = 0x4000,
  PUNKTFUNK_BUTTON_Y = 0x8000,
  PUNKTFUNK_BUTTON_PADDLE1 = 0x010000,
  PUNKTFUNK_BUTTON_PADDLE2 = 0x020000,
  PUNKTFUNK_BUTTON_PADDLE3 = 0x040000,
  PUNKTFUNK_BUTTON_PADDLE4 = 0x080000,
  PUNKTFUNK_BUTTON_TOUCHPAD = 0x100000,
  PUNKTFUNK_BUTTON_SHARE = 0x200000
};

/* Pads are numbered from 0 to 15. */
typedef struct punktfunk_gamepad_arrival {
  uint32_t buttons; /* that it has */
  uint16_t has;
  uint8_t pad;
  uint8_t kind;
} punktfunk_gamepad_arrival;

/* The whole state of a pad. */
typedef struct punktfunk_gamepad {
  uint32_t buttons;
  int16_t left_x; /* positive is right and up */
  int16_t left_y;
  int16_t right_x;
  int16_t right_y;
  uint8_t left_trigger;
  uint8_t right_trigger;
  uint8_t pad;
  uint8_t reserved;
} punktfunk_gamepad;

typedef struct punktfunk_gamepad_motion {
  int32_t acceleration[3];  /* x, y, z; 1/1000 m/s^2, gravity included */
  int32_t angular_speed[3]; /* 1/1000 degree/s */
  uint8_t pad;
  uint8_t reserved[3];
} punktfunk_gamepad_motion;

enum {
  PUNKTFUNK_BATTERY_UNKNOWN = 0,
  PUNKTFUNK_BATTERY_NONE = 1,
  PUNKTFUNK_BATTERY_DISCHARGING = 2,
  PUNKTFUNK_BATTERY_CHARGING = 3,
  PUNKTFUNK_BATTERY_IDLE = 4,
  PUNKTFUNK_BATTERY_FULL = 5
};

typedef struct punktfunk_gamepad_battery {
  uint8_t pad;
  uint8_t state;
  uint8_t percent; /* 0 to 100; 255: unknown */
  uint8_t reserved;
} punktfunk_gamepad_battery;

/* A finger on a gamepad's touchpad: as punktfunk_touch. */
typedef struct punktfunk_gamepad_touch {
  uint32_t contact;
  uint16_t x;
  uint16_t y;
  uint16_t pressure;
  uint8_t phase;
  uint8_t pad;
} punktfunk_gamepad_touch;

/* One thing that a user did; `kind` says which member counts. Sent by a client, received by a host. It never grows:
 * what later kinds need fits beside `text`. */
typedef struct punktfunk_input {
  uint32_t struct_size;
  uint32_t kind;
  union {
    punktfunk_key key; /* key and button */
    punktfunk_wheel wheel;
    punktfunk_pointer_motion motion;
    punktfunk_pointer_position position;
    punktfunk_touch touch;
    punktfunk_pen pen;
    punktfunk_gamepad_arrival arrival;
    uint8_t removed_pad;
    punktfunk_gamepad gamepad;
    punktfunk_gamepad_motion gamepad_motion;
    punktfunk_gamepad_battery battery;
    punktfunk_gamepad_touch gamepad_touch;
    char text[260]; /* at most 256 bytes, ended by 0 */
  } data;
} punktfunk_input;

/* What a game does to a gamepad: until the next such event, 0 is still and 65,535 as strong as it gets. */
typedef struct punktfunk_rumble {
  uint16_t low; /* the heavy motor */
  uint16_t high;
  uint16_t left_trigger;
  uint16_t right_trigger;
  uint8_t pad;
  uint8_t reserved[3];
} punktfunk_rumble;

/* --- client: identity, paired hosts, discovery --- */

typedef struct punktfunk_client punktfunk_client;

typedef struct punktfunk_client_options {
  uint32_t struct_size;
  uint32_t reserved;
  const char* name;         /* what hosts call this device; default "punktfunk" */
  const char* state_folder; /* keeps identity and paired hosts; made if it is missing. NULL: all is in memory */
  const char* identity_pem; /* with no folder: key and certificate, from punktfunk_client_identity. NULL: new ones */
} punktfunk_client_options;

/* Blocks while files are read. MALFORMED: `identity_pem`, or a file in the folder. PERMISSION: a file may be read by
 * others, or can't be by this program. IO. */
PUNKTFUNK_API punktfunk_result punktfunk_client_create(const punktfunk_client_options* options,
                                                       punktfunk_client** client, punktfunk_error* error);
/* Sessions and discoveries made with it may go on. */
PUNKTFUNK_API void punktfunk_client_destroy(punktfunk_client* client);

/* Key and certificate in PEM, for programs that keep secrets in a place of their own. `size` is that of the buffer, and
 * is set to what is needed, the 0 at the end included. BUFFER: it was less. */
PUNKTFUNK_API punktfunk_result punktfunk_client_identity(const punktfunk_client* client, char* pem, size_t* size);
PUNKTFUNK_API punktfunk_result punktfunk_client_fingerprint(const punktfunk_client* client,
                                                            char fingerprint[PUNKTFUNK_FINGERPRINT_SIZE]);

/* Paired hosts. `count` is the number of elements that `hosts` has room for, and is set to how many there are. BUFFER:
 * there are more, and as many as there was room for are filled in. With room for 0 the number alone is asked for: OK, and
 * `hosts` may be NULL. */
PUNKTFUNK_API punktfunk_result punktfunk_client_hosts(const punktfunk_client* client, punktfunk_peer* hosts,
                                                      size_t* count);
/* Takes up a host that was paired earlier, for programs that keep such things themselves; one of the same fingerprint
 * is replaced. INVALID_ARGUMENT, among others: no fingerprint, or an address that is none. PERMISSION, IO: it can't be
 * kept in the folder. */
PUNKTFUNK_API punktfunk_result punktfunk_client_add_host(punktfunk_client* client, const punktfunk_peer* host,
                                                         punktfunk_error* error);
/* By name, or by the first digits of the fingerprint, at least 6. NOT_FOUND. INVALID_ARGUMENT, among others: there are
 * several. PERMISSION, IO. */
PUNKTFUNK_API punktfunk_result punktfunk_client_forget_host(punktfunk_client* client, const char* name_or_fingerprint,
                                                            punktfunk_error* error);

/* A host that announces itself on the local network. None of it is proved. */
typedef struct punktfunk_found_host {
  uint32_t struct_size;
  uint32_t paired; /* 1: its fingerprint's beginning is that of a paired host */
  char name[PUNKTFUNK_NAME_SIZE];
  char address[PUNKTFUNK_ADDRESS_SIZE]; /* with the port, for punktfunk_client_pair and _connect */
  char version[36];
  char fingerprint[PUNKTFUNK_FINGERPRINT_SIZE]; /* its first digits */
  uint8_t reserved[7];
} punktfunk_found_host;

typedef struct punktfunk_discovery punktfunk_discovery;
typedef void (*punktfunk_discovery_callback)(void* user);

/* Looks for hosts until it is stopped; succeeds where nothing can be found as well, see punktfunk_discovery_state.
 * `changed`, which may be NULL, is called after each change, and perhaps before this returns. */
PUNKTFUNK_API punktfunk_result punktfunk_discovery_start(const punktfunk_client* client,
                                                         punktfunk_discovery_callback changed, void* user,
                                                         punktfunk_discovery** discovery, punktfunk_error* error);
/* What is there now; `count` as in punktfunk_client_hosts. */
PUNKTFUNK_API punktfunk_result punktfunk_discovery_hosts(const punktfunk_discovery* discovery,
                                                         punktfunk_found_host* hosts, size_t* count);
/* Blocks until something has changed since the last call, or the start. TIMEOUT: nothing has. */
PUNKTFUNK_API punktfunk_result punktfunk_discovery_wait(punktfunk_discovery* discovery, uint32_t timeout_ms);
/* OK where hosts can be found; otherwise UNSUPPORTED, and `error` says what is missing and what mends it. */
PUNKTFUNK_API punktfunk_result punktfunk_discovery_state(const punktfunk_discovery* discovery, punktfunk_error* error);
/* No callback runs any more when it returns. */
PUNKTFUNK_API void punktfunk_discovery_stop(punktfunk_discovery* discovery);

/* Pairs by the PIN that the host shows, of 4 to 12 digits; blocks, 20 s at most, and while a name is looked up. The
 * host is known from then on. `cancel` and `host`, which is filled in, may be NULL. NOT_FOUND: the name has no address.
 * UNAUTHENTICATED: a wrong PIN, or not the host that shows it. REFUSED: the host does not pair now, in its own words.
 * TIMEOUT, CLOSED, MALFORMED: it does not answer, hangs up, or speaks another protocol. CANCELLED. PERMISSION, IO. */
PUNKTFUNK_API punktfunk_result punktfunk_client_pair(punktfunk_client* client, const char* address, const char* pin,
                                                     punktfunk_cancel* cancel, punktfunk_peer* host,
                                                     punktfunk_error* error);

/* --- client: a session --- */

typedef struct punktfunk_session punktfunk_session;

/* One access unit: H.264 in Annex B, with parameter sets in front of each keyframe. */
typedef struct punktfunk_video_unit {
  uint32_t struct_size;
  uint32_t codec;
  const uint8_t* data;
  size_t size;
  void* owner;    /* the library's; see punktfunk_video_unit_release */
  uint32_t width; /* to be shown; the coded picture may have a column and a row more */
  uint32_t height;
  uint32_t frame; /* counts from 1 and wraps */
  uint8_t keyframe;
  uint8_t recovered;   /* parity was needed */
  uint8_t until_shown; /* not 0: as many units have to come before one is to be shown again; see `hides` */
  uint8_t reserved;
  uint64_t captured_at; /* 0 until the clocks are in step */
  uint64_t received_at; /* the first packet's arrival */
  uint64_t complete_at;
} punktfunk_video_unit;

/* One Opus packet of 5 ms at 48 kHz; a multistream one (RFC 7845, family 1) for 6 and 8 channels. */
typedef struct punktfunk_audio_packet {
  uint32_t struct_size;
  uint32_t number; /* consecutive; a gap is a lost packet, for the decoder to conceal */
  const uint8_t* data;
  size_t size;
  void* owner;
  uint64_t captured_at; /* of the packet that carried it; 0 until the clocks are in step */
  uint32_t channels;
  uint32_t reserved;
} punktfunk_audio_packet;

enum {
  PUNKTFUNK_SESSION_EVENT_ENDED = 1, /* the last event of all */
  PUNKTFUNK_SESSION_EVENT_RECONFIGURED = 2,
  PUNKTFUNK_SESSION_EVENT_RUMBLE = 3,
  PUNKTFUNK_SESSION_EVENT_LIGHT = 4
};

typedef struct punktfunk_session_event {
  uint32_t struct_size;
  uint32_t kind;
  uint32_t request; /* reconfigured: the number that punktfunk_session_reconfigure gave */
  uint8_t accepted; /* reconfigured; if 0, the stream goes on as it was */
  uint8_t retry;    /* ended: connecting again may succeed at once */
  uint8_t reserved[2];
  punktfunk_mode mode; /* reconfigured: in force now */
  punktfunk_rumble rumble;
  uint32_t light_colour; /* 0xRRGGBB */
  uint32_t light_pad;
  char text[512]; /* a sentence for the user: why it ended, or why not */
} punktfunk_session_event;

/* What is handed in is valid during the call; nothing is released. */
typedef void (*punktfunk_video_callback)(void* user, const punktfunk_video_unit* unit);
typedef void (*punktfunk_audio_callback)(void* user, const punktfunk_audio_packet* packet);
typedef void (*punktfunk_session_callback)(void* user, const punktfunk_session_event* event);

#define PUNKTFUNK_TOKEN_SIZE 16

typedef struct punktfunk_connect_options {
  uint32_t struct_size;
  uint32_t codec;           /* default H.264 */
  const char* host;         /* a paired host: its name, or the first digits of its fingerprint, at least 6 */
  const char* address;      /* where it is now; NULL: where it was paired. With no `host`: one that was paired there */
  punktfunk_mode mode;      /* default 1920x1080 at 60 Hz */
  uint32_t audio_channels;  /* 2, 6 or 8; default 2 */
  uint64_t bitrate;         /* bits per second; default 20,000,000 */
  uint8_t no_audio;         /* 1: no sound */
  uint8_t has_resume_token; /* 1: resume_token is that of an earlier session's punktfunk_session_info */
  uint8_t resume_token[PUNKTFUNK_TOKEN_SIZE];
  uint8_t hides; /* 1: units whose until_shown is not 0 are decoded and not shown. After a loss a picture can then be
                  * built up by several units of the usual size, where a keyframe would be a burst */
  uint8_t reserved;
  uint32_t max_datagram; /* bytes; the largest media packet that the path takes. 0: the host's choice */
  void* user;            /* handed to the callbacks */
  /* Each may be NULL: then the same waits to be fetched by punktfunk_session_next_*. */
  punktfunk_video_callback on_video;
  punktfunk_audio_callback on_audio;
  punktfunk_session_callback on_event;
  uint64_t min_bitrate; /* bits per second; a slow link brings the video down to this, and no further. Default
                         * 1,000,000, or `bitrate` where that is less */
} punktfunk_connect_options;

/* Connects and starts; blocks, 15 s at most, and while a name is looked up. `cancel` may be NULL. Callbacks may run
 * before it returns. NOT_FOUND: no such host is paired, or its name has no address. UNAUTHENTICATED: it is another one
 * than was paired, or has forgotten this client. REFUSED: in the host's own words. BUSY: it streams to as many as it
 * may. UNSUPPORTED: what is asked for it can't do. TIMEOUT, CLOSED, MALFORMED: it does not answer, hangs up, or speaks
 * another protocol. CANCELLED. IO. */
PUNKTFUNK_API punktfunk_result punktfunk_client_connect(punktfunk_client* client,
                                                        const punktfunk_connect_options* options,
                                                        punktfunk_cancel* cancel, punktfunk_session** session,
                                                        punktfunk_error* error);
/* Says goodbye, waits 500 ms at most for it to leave. No callback runs any more when it returns. */
PUNKTFUNK_API void punktfunk_session_destroy(punktfunk_session* session);

typedef struct punktfunk_session_info {
  uint32_t struct_size;
  uint32_t codec;
  punktfunk_mode mode; /* at the start; later ones come by events */
  uint32_t audio_channels;
  uint64_t bitrate;
  uint8_t audio_on;
  uint8_t resumed;
  uint8_t resume_token[PUNKTFUNK_TOKEN_SIZE];
  uint8_t reserved[2];
  uint32_t grace_ms; /* how long the host keeps the display when the connection is lost */
  char host_name[PUNKTFUNK_NAME_SIZE];
  char host_software[68];
} punktfunk_session_info;
PUNKTFUNK_API punktfunk_result punktfunk_session_info_get(const punktfunk_session* session,
                                                          punktfunk_session_info* info);

/* Wait for the next one, in order; TIMEOUT when none came in time, CLOSED when the session is over and all has been
 * fetched. Each unit and packet is released by its release function, on any thread and even after the session. Where
 * nobody fetches, at most 16 units, 64 packets and 64 events wait: units are then dropped up to the next keyframe,
 * which is asked for, and packets and events from the oldest on, but for ENDED. Units that are fetched and not released
 * keep their part of the memory that units are received in, which is three times the largest unit of the session's mode
 * (docs/protocol.md, "The size of a unit") and has 1,024 parts at most: what finds no room there is lost. */
PUNKTFUNK_API punktfunk_result punktfunk_session_next_video(punktfunk_session* session, uint32_t timeout_ms,
                                                            punktfunk_video_unit* unit);
PUNKTFUNK_API void punktfunk_video_unit_release(punktfunk_video_unit* unit);
PUNKTFUNK_API punktfunk_result punktfunk_session_next_audio(punktfunk_session* session, uint32_t timeout_ms,
                                                            punktfunk_audio_packet* packet);
PUNKTFUNK_API void punktfunk_audio_packet_release(punktfunk_audio_packet* packet);
PUNKTFUNK_API punktfunk_result punktfunk_session_next_event(punktfunk_session* session, uint32_t timeout_ms,
                                                            punktfunk_session_event* event);

typedef struct punktfunk_reconfigure_options {
  uint32_t struct_size;
  punktfunk_mode mode;
  uint64_t bitrate; /* bits per second; 0: it stays as it is */
} punktfunk_reconfigure_options;
/* Changes the mode in mid-stream; the answer is an event with the number that `request`, which may be NULL, gets.
 * INVALID_ARGUMENT, among others: no such mode. After the session's end nothing comes of it, as of what follows. */
PUNKTFUNK_API punktfunk_result punktfunk_session_reconfigure(punktfunk_session* session,
                                                             const punktfunk_reconfigure_options* options,
                                                             uint32_t* request);
/* The most that the video may take from now on, in bits per second. The host holds it to its own bounds, 300,000 or
 * more up to what it allows, and adapts below it to the link. There is no answer. */
PUNKTFUNK_API punktfunk_result punktfunk_session_set_bitrate(punktfunk_session* session, uint64_t bitrate);
/* After a loss that is done by itself; a decoder that has lost its way asks for one. */
PUNKTFUNK_API punktfunk_result punktfunk_session_request_keyframe(punktfunk_session* session);
/* What decoding a unit took, and the time from capture to decoded: the host gets to know of both. */
PUNKTFUNK_API punktfunk_result punktfunk_session_report(punktfunk_session* session, uint64_t decode_us,
                                                        uint64_t latency_us);
/* What the user did. INVALID_ARGUMENT, and nothing is sent: a kind that is none, a number out of the bounds that its
 * member has, text that is no UTF-8. OK: it is on its way, in order; what only moves may be overtaken by what is newer.
 */
PUNKTFUNK_API punktfunk_result punktfunk_session_input(punktfunk_session* session, const punktfunk_input* input);

typedef struct punktfunk_session_stats {
  uint32_t struct_size;
  uint8_t clock_known; /* 1: the next three say something */
  uint8_t reserved[3];
  int64_t clock_offset_us; /* the host's clock less this machine's */
  uint64_t round_trip_us;
  uint64_t packets_received; /* of video, as the next four: authentic, once each */
  uint64_t packets_expected; /* that the host has sent up to the newest of them */
  uint64_t packets_rejected; /* forged, sent again by somebody else, malformed */
  uint64_t packets_late;     /* for a frame that was complete already, or given up */
  uint64_t bytes_received;
  uint64_t frames_complete;
  uint64_t frames_recovered; /* of those, thanks to parity */
  uint64_t frames_lost;      /* given up: too much of them did not come in time */
  uint64_t frames_dropped;   /* because nobody fetched them */
  uint64_t audio_packets;    /* received */
  uint64_t audio_restored;   /* that were lost, and came with a later one */
} punktfunk_session_stats;
PUNKTFUNK_API punktfunk_result punktfunk_session_stats_get(const punktfunk_session* session,
                                                           punktfunk_session_stats* stats);

/* --- client: what the path from a host carries --- */

/* What was measured. */
typedef struct punktfunk_speed_result {
  uint32_t struct_size;
  punktfunk_result result;       /* OK, or why there are no figures: `text` says it, and the rest is 0 */
  uint64_t capacity;             /* bits per second, with IP and UDP headers */
  uint64_t suggested_bitrate;    /* for punktfunk_connect_options: leaves room for parity, headers, sound and others */
  uint64_t queue_us;             /* by how much a full path delays packets */
  uint64_t round_trip_us;        /* the shortest while nothing else was sent; 0: unknown */
  uint64_t loaded_round_trip_us; /* the median while packets were sent; 0: unknown */
  uint32_t loss_ppm;             /* of a million packets, at the rate that such a stream takes in all */
  uint32_t trains;               /* of packets that the host sent */
  uint8_t capacity_reached;      /* 0: the path carries at least `capacity` */
  uint8_t reserved[7];
  char text[512]; /* a sentence for the user */
} punktfunk_speed_result;

typedef struct punktfunk_speed_test punktfunk_speed_test;
typedef void (*punktfunk_speed_callback)(void* user, const punktfunk_speed_result* result);

typedef struct punktfunk_speed_options {
  uint32_t struct_size;
  uint32_t length_ms; /* of sending, 2,000 to 30,000; default 5,000. Connecting and pauses come on top */
  const char* host;   /* both as in punktfunk_connect_options */
  const char* address;
  /* Bits per second, at least 1,000,000: what is never exceeded; default 1,000,000,000. The host has a ceiling of its
   * own, twice the bitrate that it allows a stream: 200,000,000 where that is 100,000,000, as by default. A path that
   * carries more is measured up to there, and capacity_reached is 0. */
  uint64_t ceiling;
  void* user;
  punktfunk_speed_callback on_result; /* called once, unless the test is destroyed before; may be NULL */
} punktfunk_speed_options;

/* Begins to measure and returns at once. Needs no session; a host that streams to anybody, or that somebody else
 * measures, refuses. Fails for arguments alone: the rest is in the result. */
PUNKTFUNK_API punktfunk_result punktfunk_speed_test_start(const punktfunk_client* client,
                                                          const punktfunk_speed_options* options,
                                                          punktfunk_speed_test** test, punktfunk_error* error);
/* OK: it is over, and `result` is filled in, as often as it is asked for. TIMEOUT: it goes on. */
PUNKTFUNK_API punktfunk_result punktfunk_speed_test_wait(punktfunk_speed_test* test, uint32_t timeout_ms,
                                                         punktfunk_speed_result* result);
/* Calls it off if it goes on. No callback runs any more when it returns. */
PUNKTFUNK_API void punktfunk_speed_test_destroy(punktfunk_speed_test* test);

/* --- host: for a program that has encoded video and sound of its own --- */

typedef struct punktfunk_host punktfunk_host;

enum {
  PUNKTFUNK_HOST_EVENT_SESSION_WANTED = 1, /* to be answered by punktfunk_host_accept or _refuse within 4 s */
  PUNKTFUNK_HOST_EVENT_MODE_WANTED = 2,    /* likewise; after accepting, units have the new size */
  PUNKTFUNK_HOST_EVENT_KEYFRAME_WANTED = 3,
  PUNKTFUNK_HOST_EVENT_BITRATE = 4,
  PUNKTFUNK_HOST_EVENT_INPUT = 5,
  PUNKTFUNK_HOST_EVENT_SESSION_PAUSED =
      6, /* the client is out of reach; when it is back, the session is wanted again */
  PUNKTFUNK_HOST_EVENT_SESSION_ENDED = 7,
  PUNKTFUNK_HOST_EVENT_LOG = 8,          /* `text` tells a person what happens */
  PUNKTFUNK_HOST_EVENT_SOUND_WANTED = 9, /* in audio_channels channels, until the session is paused or ends */
  /* Where the host's options say `repairs`: the client lacks the units lost_first to lost_last, and so can't use those
   * that refer to them. The next unit refers to what is older than lost_first, and is marked as repaired; or it is a
   * keyframe; or, where the client hides, the first of several that build the picture up (until_shown). Something is
   * sent though the picture stands still. If nothing comes in time, KEYFRAME_WANTED follows, and means a whole one. */
  PUNKTFUNK_HOST_EVENT_FRAMES_LOST = 10
};

typedef struct punktfunk_host_event {
  uint32_t struct_size;
  uint32_t kind;
  uint64_t session; /* its number; 0: none */
  punktfunk_mode mode;
  uint32_t codec;
  uint64_t bitrate;
  punktfunk_input input;
  uint32_t warning;        /* log: 1 for what somebody should look at */
  uint32_t audio_channels; /* sound wanted */
  char client[PUNKTFUNK_NAME_SIZE];
  char text[512];
  uint64_t lost_first; /* frames lost: the numbers that punktfunk_host_unit gave them */
  uint64_t lost_last;
  uint8_t hides; /* session wanted: 1 if its client takes units with until_shown */
  uint8_t reserved[7];
} punktfunk_host_event;
typedef void (*punktfunk_host_callback)(void* user, const punktfunk_host_event* event);

typedef struct punktfunk_host_options {
  uint32_t struct_size;
  uint32_t max_clients;     /* sessions at once; default 8 */
  const char* name;         /* what clients see; default "punktfunk" */
  const char* address;      /* to listen at, with a port: "0.0.0.0:47900", "[::]:0". NULL: all, port 47900 */
  const char* state_folder; /* keeps identity and paired clients. NULL: all is in memory */
  const char* identity_pem; /* as in punktfunk_client_options */
  uint64_t max_bitrate;     /* default 100,000,000 */
  uint32_t codecs;          /* bits, 1 << PUNKTFUNK_CODEC_...; default H.264 alone */
  uint32_t grace_ms;        /* how long a session outlives a lost connection; default 2,000 */
  uint8_t announce;         /* 1: by mDNS on the local network */
  uint8_t repairs;          /* 1: the encoder can do without lost units: FRAMES_LOST comes before KEYFRAME_WANTED */
  uint8_t reserved[6];
  void* user;
  punktfunk_host_callback on_event; /* NULL: events wait for punktfunk_host_next_event */
} punktfunk_host_options;

/* Listens when it returns. Events may come before that: a callback that answers SESSION_WANTED has to wait for the
 * handle. BUSY: the port is in use. NOT_FOUND: the address is a name without one. PERMISSION, MALFORMED, IO: as
 * punktfunk_client_create. */
PUNKTFUNK_API punktfunk_result punktfunk_host_create(const punktfunk_host_options* options, punktfunk_host** host,
                                                     punktfunk_error* error);
/* Says goodbye to every client; blocks until all sessions have ended, which takes about a second as a rule. No callback
 * runs any more when it returns. */
PUNKTFUNK_API void punktfunk_host_destroy(punktfunk_host* host);

/* Where it listens. `size` and BUFFER as in punktfunk_client_identity. */
PUNKTFUNK_API punktfunk_result punktfunk_host_address(const punktfunk_host* host, char* address, size_t* size);
PUNKTFUNK_API punktfunk_result punktfunk_host_fingerprint(const punktfunk_host* host,
                                                          char fingerprint[PUNKTFUNK_FINGERPRINT_SIZE]);

/* Lets clients pair with this PIN, of 4 to 12 digits, or with a random one of 6 if it is NULL; for `seconds`, or 120 if
 * that is 0. `chosen`, which may be NULL, gets the PIN. */
PUNKTFUNK_API punktfunk_result punktfunk_host_open_pairing(punktfunk_host* host, const char* pin, uint32_t seconds,
                                                           char chosen[16], punktfunk_error* error);
PUNKTFUNK_API punktfunk_result punktfunk_host_close_pairing(punktfunk_host* host);
/* As punktfunk_client_hosts and punktfunk_client_forget_host; a session of a removed client ends at once. */
PUNKTFUNK_API punktfunk_result punktfunk_host_clients(const punktfunk_host* host, punktfunk_peer* clients,
                                                      size_t* count);
PUNKTFUNK_API punktfunk_result punktfunk_host_remove_client(punktfunk_host* host, const char* name_or_fingerprint,
                                                            punktfunk_error* error);

/* Waits for the next event, as punktfunk_session_next_event does. What waits is bounded, and no client can push out
 * what other sessions have to say. Of each session at most one event of each kind but INPUT waits: a second
 * KEYFRAME_WANTED is the first, the latest BITRATE counts, FRAMES_LOST grows to name all that is lost. A question that
 * was not fetched before its time was over is taken back; who has not fetched SESSION_WANTED hears no SESSION_ENDED
 * either. At most 1,024 of INPUT wait, of all sessions: then the session that has most of it loses it, and RELEASE_ALL
 * is in its place; gamepads that arrive or leave are told in any case, but for one that did both meanwhile. At most 64
 * of LOG wait: the oldest make way. */
PUNKTFUNK_API punktfunk_result punktfunk_host_next_event(punktfunk_host* host, uint32_t timeout_ms,
                                                         punktfunk_host_event* event);
/* Answer SESSION_WANTED and MODE_WANTED. `text` is a sentence for the client's user; NULL: the library's. NOT_FOUND:
 * nobody waits, or there is no such session. */
PUNKTFUNK_API punktfunk_result punktfunk_host_accept(punktfunk_host* host, uint64_t session);
PUNKTFUNK_API punktfunk_result punktfunk_host_refuse(punktfunk_host* host, uint64_t session, const char* text);

typedef struct punktfunk_host_unit {
  uint32_t struct_size;
  uint32_t width; /* to be shown */
  uint32_t height;
  uint8_t keyframe; /* it decodes without an earlier unit */
  uint8_t repaired; /* it refers to no unit from lost_first of FRAMES_LOST on; without such an event it means nothing */
  uint8_t until_shown; /* counts down to 0 at the unit whose picture is whole again */
  uint8_t reserved;
  const uint8_t* data;
  size_t size;
  uint64_t captured_at; /* default: now */
  uint64_t encode_us;   /* for the client's figures */
  uint64_t number;      /* the caller's, rising with each unit of a session: FRAMES_LOST names units by it */
} punktfunk_host_unit;

/* Cut into packets, protected, sealed and given to the pacer when it returns. CLOSED: the session does not stream (any
 * more, or as yet); or this would be its first unit, or the first one behind a unit that could not be sent, and it is
 * neither a keyframe nor repaired. INVALID_ARGUMENT, among others: until_shown for a client that does not hide.
 * REFUSED: it is larger than a client takes in the session's mode (docs/protocol.md, "The size of a unit").
 * UNSUPPORTED: this machine's network takes no packets of max_datagram bytes to the client. With either the unit could
 * not be sent: KEYFRAME_WANTED follows, and mode and figures stay as they were. What a full or failing network loses is
 * no error: it is lost as on the way. NOT_FOUND: there is no such session. */
PUNKTFUNK_API punktfunk_result punktfunk_host_submit_video(punktfunk_host* host, uint64_t session,
                                                           const punktfunk_host_unit* unit);
/* One Opus packet of 5 ms at 48 kHz. CLOSED: the client wants no sound, or not now. NOT_FOUND: there is no such
 * session. UNSUPPORTED as above. */
PUNKTFUNK_API punktfunk_result punktfunk_host_submit_opus(punktfunk_host* host, uint64_t session, const uint8_t* data,
                                                          size_t size, uint64_t captured_at);
/* Interleaved samples at 48 kHz, 240 for each of the session's channels; encoded here. Errors as above. */
PUNKTFUNK_API punktfunk_result punktfunk_host_submit_pcm(punktfunk_host* host, uint64_t session, const float* samples,
                                                         size_t count, uint64_t captured_at);
/* What a game does to a client's gamepad: numbers as in punktfunk_rumble; `colour` is 0xRRGGBB. CLOSED: the client has
 * no gamepad. NOT_FOUND: there is no such session. */
PUNKTFUNK_API punktfunk_result punktfunk_host_rumble(punktfunk_host* host, uint64_t session, uint8_t pad, uint16_t low,
                                                     uint16_t high, uint16_t left_trigger, uint16_t right_trigger);
PUNKTFUNK_API punktfunk_result punktfunk_host_light(punktfunk_host* host, uint64_t session, uint8_t pad,
                                                    uint32_t colour);

typedef struct punktfunk_host_stats {
  uint32_t struct_size;
  uint32_t sessions; /* that stream or wait for their client */
  uint32_t connections;
  uint32_t paired_clients;
  uint64_t frames_sent; /* of all present sessions, as is the rest */
  uint64_t keyframes_sent;
  uint64_t packets_sent;
  uint64_t bytes_sent;
  uint64_t send_failures;
  uint64_t audio_packets;
  uint64_t input_events;
  uint64_t repairs_sent; /* units that did without lost ones, where a keyframe would have been needed */
} punktfunk_host_stats;
PUNKTFUNK_API punktfunk_result punktfunk_host_stats_get(const punktfunk_host* host, punktfunk_host_stats* stats);

#ifdef __cplusplus
}
#endif

#endif
